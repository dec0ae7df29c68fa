#!/usr/bin/env python3
"""Looks at everything under deploy/ that can be looked at without the machines it is for.

`make deployment` runs it. It needs PyYAML; kubectl, systemd-analyze, nginx, promtool and shellcheck are used where they are. With
the address of a running server as its argument it also reads that server's metrics with Prometheus's own client library, and
says which names on the board and in the alerts the server does not have.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

import yaml

HERE = pathlib.Path(__file__).parent
problems = []
notes = []


def check(condition, text):
    if not condition:
        problems.append(text)


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    return result.returncode, result.stdout + result.stderr


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def check_kubernetes():
    """One name for what is meant, a reference to everything that is referred to, and the safety that the manifests promise."""
    objects = {}
    if shutil.which("kubectl"):
        code, text = run("kubectl", "kustomize", str(HERE / "kubernetes"))
        check(code == 0, f"kustomize: {text}")
        found = [document for document in yaml.safe_load_all(text) if document] if code == 0 else []
    else:
        notes.append("no kubectl: the kustomization was read file by file")
        listed = documents(HERE / "kubernetes/kustomization.yaml")[0]["resources"]
        found = [document for name in listed for document in documents(HERE / "kubernetes" / name)]
    found += documents(HERE / "kserve/serving-runtime.yaml")
    for document in found:
        for key in ("apiVersion", "kind", "metadata", "spec") if document["kind"] != "ConfigMap" else ("apiVersion", "kind"):
            check(key in document, f"{document.get('kind')} has no {key}")
        objects.setdefault(document["kind"], []).append(document)
    for kind in ("Deployment", "Service", "PersistentVolumeClaim", "HorizontalPodAutoscaler", "PodDisruptionBudget",
                 "NetworkPolicy", "CronJob", "ServingRuntime"):
        check(kind in objects, f"there is no {kind}")
    deployment = objects["Deployment"][0]
    template = deployment["spec"]["template"]
    labels = template["metadata"]["labels"]
    pod = template["spec"]

    def selects(selector):
        return selector.items() <= labels.items()

    check(selects(deployment["spec"]["selector"]["matchLabels"]), "the Deployment does not select its own pods")
    check(selects(objects["Service"][0]["spec"]["selector"]), "the Service does not select the Deployment's pods")
    check(selects(objects["PodDisruptionBudget"][0]["spec"]["selector"]["matchLabels"]), "the budget is for other pods")
    check(selects(objects["NetworkPolicy"][0]["spec"]["podSelector"]["matchLabels"]), "the policy is for other pods")
    job = objects["CronJob"][0]["spec"]["jobTemplate"]["spec"]["template"]
    job_labels = job["metadata"]["labels"]
    check(not objects["Service"][0]["spec"]["selector"].items() <= job_labels.items(), "the Service selects the backup's pods")
    check(any("podSelector" in source and source["podSelector"]["matchLabels"].items() <= job_labels.items()
              for source in objects["NetworkPolicy"][0]["spec"]["ingress"][0]["from"]), "the policy keeps the backup out")
    claims = {claim["metadata"]["name"] for claim in objects["PersistentVolumeClaim"]}
    maps = {config["metadata"]["name"] for config in objects.get("ConfigMap", [])}
    for volume in pod["volumes"]:
        if "persistentVolumeClaim" in volume:
            check(volume["persistentVolumeClaim"]["claimName"] in claims, f"no claim for volume {volume['name']}")
        if "configMap" in volume and maps:
            check(volume["configMap"]["name"] in maps, f"no ConfigMap for volume {volume['name']}")
    container = pod["containers"][0]
    names = {volume["name"] for volume in pod["volumes"]}
    check(all(mount["name"] in names for mount in container["volumeMounts"]), "a mount has no volume")
    target = objects["HorizontalPodAutoscaler"][0]["spec"]["scaleTargetRef"]
    check((target["kind"], target["name"]) == ("Deployment", deployment["metadata"]["name"]), "the autoscaler scales nothing")
    ports = {port["name"] for port in container["ports"]}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        check(container[probe]["httpGet"]["port"] in ports, f"{probe} asks at no port")
    check("preStop" in container["lifecycle"], "there is no preStop")
    drain = documents(HERE / "kubernetes/strata.yaml")[0]["drain-timeout"]
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    check(pod["terminationGracePeriodSeconds"] > drain + pause, "a pod is killed before it has drained")
    for owner, spec in (("Deployment", pod), ("CronJob", job["spec"])):
        check(spec.get("enableServiceLinks") is False, f"{owner}: a service would put STRATA_PORT into the environment")
        check(spec["securityContext"]["runAsNonRoot"] is True, f"{owner} may run as root")
        for one in spec["containers"]:
            context = one["securityContext"]
            check(context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"], f"{owner} is not closed")
            check(context["capabilities"]["drop"] == ["ALL"], f"{owner} keeps capabilities")


def check_compose():
    services = documents(HERE / "compose.yaml")[0]["services"]
    strata = services["strata"]
    check(strata["read_only"] and strata["cap_drop"] == ["ALL"], "compose: the server's root is not closed")
    for name, service in services.items():
        for port in service.get("ports", []):
            check(port.startswith("127.0.0.1:"), f"compose: {name} publishes {port} to everybody")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                check((HERE / source).exists(), f"compose: {name} mounts {source}, which is not there")
    target = documents(HERE / "prometheus/prometheus.yaml")[0]["scrape_configs"][0]["static_configs"][0]["targets"][0]
    check(target.split(":")[0] in services, f"Prometheus asks {target}, which compose does not have")


def check_settings(strata):
    """Files of settings are read by the server itself."""
    for path in (HERE / "kubernetes/strata.yaml", HERE / "systemd/strata.yaml"):
        text = path.read_text()
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "keys.yaml").write_text("keys:\n")
            text = re.sub(r"^keys-file: .*$", f"keys-file: {folder}/keys.yaml", text, flags=re.M)
            (pathlib.Path(folder) / "strata.yaml").write_text(text)
            code, output = run(strata, "config", "check", "--config", f"{folder}/strata.yaml")
            check(code == 0, f"{path.name}: {output}")


def check_systemd():
    if not shutil.which("systemd-analyze"):
        return notes.append("no systemd-analyze: the units were not looked at")
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for path in sorted((HERE / "systemd").iterdir()):
            if path.suffix in (".service", ".socket", ".timer"):
                copy = pathlib.Path(folder) / path.name
                # The executable is not installed where this runs; everything else is looked at as it is.
                copy.write_text(path.read_text().replace("/usr/local/bin/strata", "/bin/true"))
                paths.append(str(copy))
        code, text = run("systemd-analyze", "verify", "--man=no", *paths)
        lines = [line for line in text.splitlines() if folder in line or "strata" in line]
        check(not lines, "systemd: " + "\n".join(lines))
        code, text = run("systemd-analyze", "security", "--offline=true", "--no-pager", f"{folder}/strata.service")
        exposure = re.search(r"exposure level[^:]*: ([0-9.]+)", text)
        check(exposure and float(exposure.group(1)) < 2.5, f"systemd: the unit is exposed: {text[-200:]}")
        if exposure:
            notes.append(f"systemd: exposure {exposure.group(1)} of 10")


def check_nginx():
    if not shutil.which("nginx"):
        return notes.append("no nginx: its file was not looked at")
    with tempfile.TemporaryDirectory() as folder:
        name = "/CN=strata.example"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
            name, "-keyout", f"{folder}/key", "-out", f"{folder}/pem")
        text = (HERE / "nginx/strata.conf").read_text()
        text = text.replace("/etc/nginx/tls/strata.example.pem", f"{folder}/pem")
        text = text.replace("/etc/nginx/tls/strata.example.key", f"{folder}/key")
        whole = pathlib.Path(folder) / "nginx.conf"
        whole.write_text(f"pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off; {text} }}")
        code, output = run("nginx", "-t", "-c", str(whole), "-p", folder)
        check(code == 0, f"nginx: {output}")


def check_scripts():
    for path in sorted(HERE.glob("*.sh")):
        shell = "bash" if "bash" in path.read_text().splitlines()[0] else "sh"
        code, text = run(shell, "-n", str(path))
        check(code == 0, f"{path.name}: {text}")
        if shutil.which("shellcheck"):
            code, text = run("shellcheck", str(path))
            check(code == 0, text)


def metric_names():
    """What the alerts and the board ask for."""
    board = json.loads((HERE / "grafana/dashboards/strata.json").read_text())
    identifiers = [panel["id"] for panel in board["panels"]]
    check(len(set(identifiers)) == len(identifiers), "the board has an id twice")
    texts = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    for group in documents(HERE / "prometheus/alerts.yaml")[0]["groups"]:
        for rule in group["rules"]:
            check("summary" in rule["annotations"] and "severity" in rule["labels"], f"{rule['alert']} says nothing")
            texts.append(rule["expr"])
    return {name for text in texts for name in re.findall(r"\b(?:strata|process)_[a-z_]+", text)}


def check_prometheus():
    if not shutil.which("promtool"):
        return notes.append("no promtool: alerts were read as YAML only")
    code, text = run("promtool", "check", "rules", str(HERE / "prometheus/alerts.yaml"))
    check(code == 0, text)


def check_metrics(address):
    try:
        from prometheus_client.parser import text_string_to_metric_families
    except ImportError:
        return notes.append("no prometheus_client: the metrics were not read")
    with urllib.request.urlopen(address + "/metrics") as answer:
        text = answer.read().decode()
    families = list(text_string_to_metric_families(text))
    samples = {}
    for family in families:
        check(family.type in ("counter", "gauge", "histogram"), f"{family.name} is a {family.type}")
        check(family.documentation, f"{family.name} has no help")
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            check(key not in samples, f"{key} stands there twice")
            samples[key] = sample.value
        if family.type == "histogram":
            check_histogram(family)
    if shutil.which("promtool"):
        code, output = run("promtool", "check", "metrics", input=text)
        check(code in (0, 3), output)
    known = {name for name, _ in samples}
    # What nobody has done yet is not told.
    later = {"strata_train_loss", "strata_train_gradient_norm", "strata_http_refusals_total"}
    for name in sorted(metric_names() - known - later):
        check(False, f"the server has no {name}")
    notes.append(f"metrics: {len(families)} families, {len(samples)} samples")


def check_histogram(family):
    """Buckets rise, the last holds all, and the count is theirs."""
    series = {}
    for sample in family.samples:
        labels = {key: value for key, value in sample.labels.items() if key != "le"}
        entry = series.setdefault(tuple(sorted(labels.items())), {"buckets": []})
        if sample.name.endswith("_bucket"):
            entry["buckets"].append((float(sample.labels["le"]), sample.value))
        elif sample.name.endswith("_count"):
            entry["count"] = sample.value
    for labels, entry in series.items():
        counts = [count for _, count in sorted(entry["buckets"])]
        check(counts == sorted(counts), f"{family.name}{labels}: buckets fall")
        check(counts and counts[-1] == entry.get("count"), f"{family.name}{labels}: the count is not the last bucket's")


def main():
    arguments = sys.argv[1:]
    check_kubernetes()
    check_compose()
    check_systemd()
    check_nginx()
    check_scripts()
    check_prometheus()
    metric_names()
    for argument in arguments:
        if argument.startswith("http"):
            check_metrics(argument)
        else:
            check_settings(argument)
    for note in notes:
        print("note:", note)
    for problem in problems:
        print("BAD: ", problem)
    print("deploy/ is in order" if not problems else f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
