#!/usr/bin/env python3
"""GET of a small answer: HTTPBenchmarkServer beside nginx, in one run, plain and over TLS.

    swift build -c release --product HTTPBenchmarkServer
    python3 Benchmarks/http/compare.py [--runs 5] [--seconds 2] [--connections 1,32,256] [--loops 1]

Needs nginx, wrk and openssl on the PATH. Prints medians and their ratios to nginx's.
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time

NGINX = """
daemon off; worker_processes %(workers)d; pid %(folder)s/nginx.pid; error_log %(folder)s/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 100000000; client_body_temp_path %(folder)s/b; proxy_temp_path %(folder)s/p;
  fastcgi_temp_path %(folder)s/f; uwsgi_temp_path %(folder)s/u; scgi_temp_path %(folder)s/s;
  server { listen 127.0.0.1:%(port)d; location / { default_type text/plain; return 200 "Hello, world!\\n"; } }
  server { listen 127.0.0.1:%(secure)d ssl; ssl_certificate %(chain)s; ssl_certificate_key %(key)s;
    location / { default_type text/plain; return 200 "Hello, world!\\n"; } }
}
"""


def seconds(text):
    match = re.fullmatch(r"(-?[\d.]+)([a-z]+)", text)
    return float(match[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}[match[2]] if match else float("nan")


def cpu(process):
    """Seconds that a process and its children have computed: less shaken by what else the machine does than rates are."""
    total = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = open("/proc/%s/stat" % entry).read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(entry) == process.pid or int(fields[1]) == process.pid:
                total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def wrk(url, process, connections, duration, flags=()):
    before = cpu(process)
    out = subprocess.run(["wrk", "-t1", "-c%d" % connections, "-d%ds" % duration, "--latency", *flags, url], capture_output=True, text=True).stdout
    assert "Non-2xx" not in out, out
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    count = int(re.search(r"(\d+) requests in", out)[1])
    return rate, (cpu(process) - before) / count, seconds(re.search(r"50%\s+(\S+)", out)[1]), seconds(re.search(r"99%\s+(\S+)", out)[1])


def start(server, flags):
    process = subprocess.Popen([server, "--port", "0", *flags], stdout=subprocess.PIPE, env=dict(os.environ, SWIFT_BACKTRACE="enable=no"))
    return process, int(process.stdout.readline().rsplit(b":", 1)[1])


def certificate(folder):
    chain, key = folder + "/chain.pem", folder + "/key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
                    "-out", chain, "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)
    return chain, key


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default=".build/release/HTTPBenchmarkServer")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", default="1,32,256")
    parser.add_argument("--loops", default="1")
    parser.add_argument("--workers", type=int, default=2, help="nginx's")
    parser.add_argument("--path", default="/")
    options = parser.parse_args()
    folder = tempfile.mkdtemp()
    chain, key = certificate(folder)
    port, secure = 18590, 18591
    with open(folder + "/nginx.conf", "w") as file:
        file.write(NGINX % dict(workers=options.workers, folder=folder, port=port, secure=secure, chain=chain, key=key))
    processes = []
    try:
        measure(options, folder, chain, key, port, secure, processes)
    finally:
        for process in processes:
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def measure(options, folder, chain, key, port, secure, processes):
    processes.append(subprocess.Popen(["nginx", "-c", folder + "/nginx.conf"], stderr=subprocess.DEVNULL))
    urls = {"nginx": ("http://127.0.0.1:%d/" % port, processes[0]), "nginx TLS": ("https://127.0.0.1:%d/" % secure, processes[0])}
    for loop in ("epoll", "dispatch"):
        for tls in (False, True):
            flags = ["--event-loop", loop, "--loops", options.loops]
            process, at = start(options.server, flags + (["--tls-cert", chain, "--tls-key", key] if tls else []))
            processes.append(process)
            urls[loop + (" TLS" if tls else "")] = "http%s://127.0.0.1:%d%s" % ("s" if tls else "", at, options.path), process
    time.sleep(0.5)
    print("%-13s %12s %10s %8s %14s %10s %10s" % ("", "connections", "requests/s", "ratio", "CPU us/request", "p50 us", "p99 us"))
    for connections in map(int, options.connections.split(",")):
        results = {name: [] for name in urls}
        for _ in range(options.runs):
            for name, (url, process) in urls.items():
                results[name].append(wrk(url, process, connections, options.seconds))
        for name in urls:
            rate, work, p50, p99 = (statistics.median(column) for column in zip(*results[name]))
            peer = statistics.median(run[0] for run in results["nginx TLS" if "TLS" in name else "nginx"])
            print("%-13s %12d %10.0f %8.2f %14.2f %10.0f %10.0f" % (name, connections, rate, rate / peer, work * 1e6, p50 * 1e6, p99 * 1e6), flush=True)


if __name__ == "__main__":
    main()
