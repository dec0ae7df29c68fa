"""Kills, tears and fails every file operation of every change of a running server, from outside.

    swift build -c release --product strata
    python3 Benchmarks/checkpoints/faults.py .build/release/strata [NAME ...]

For each change (a save, a rotation, an upload, a deletion ...) and each of its file operations 1 ... n, the server is killed
before the operation, killed in the middle of its write, or made to meet an error there; then what a power loss could have left
is made from a record of the operations, in many selections of what was not synchronised. Each time a server starts on what is
there, and must find the old state or the new one, every tensor whole, and no other file. After an error the server must go on,
say 507 where there was no room, and do what failed when it is asked again.

Prints one line for each change and kind of fault; exits with 1 if anything was wrong.
"""
import itertools, os, random, shutil, struct, subprocess, sys, tempfile, time

from server import Server, tensors

here = os.path.dirname(os.path.abspath(__file__))
NONE, KILL, TEAR, FAIL, FULL, SHORT, INTERRUPT = range(7)
ENOSPC, EIO, EDQUOT, EROFS, EACCES = 28, 5, 122, 30, 13


# What a server tells of itself, and what lies on its disk.

def bias(file):
    """The one number that the changes set: of the last layer's bias. All else of the model must be there too."""
    found = tensors(file)
    names = sorted(name.split("/", 1)[-1] for name in found if name != "global_step")
    assert names == ["dense/bias", "dense/kernel", "dense_1/bias", "dense_1/kernel"], names
    return struct.unpack("<f", next(value for name, value in found.items() if name.endswith("dense_1/bias")))[0]


def state(server):
    """{model: {checkpoint: bias}}, all read from the server, every checkpoint whole."""
    found = {}
    for model in server.json("/models")["models"]:
        assert "error" not in model or model["error"] is None, model
        checkpoints = server.json(f"/models/{model['name']}/checkpoints")["checkpoints"]
        found[model["name"]] = {}
        for checkpoint in checkpoints:
            path = f"/models/{model['name']}/checkpoints/{checkpoint['id']}"
            status, body = server("GET", path, accept="application/vnd.safetensors")
            assert status == 200 and body[8:9] == b"{", (path, status, body[:300])
            found[model["name"]][checkpoint["id"]] = bias(body)
        status, body = server("POST", f"/models/{model['name']}/call", {"inputs": [[0] * 8]})
        assert status == 200, (model["name"], status, body)
    return found


def leftovers(server, found):
    """Files of the data directory that no model and no checkpoint accounts for."""
    expected = {"LOCK"}
    for model in os.listdir(server.data + "/models"):
        if model in found:
            expected.add(f"models/{model}/model.json")
        if os.path.exists(f"{server.data}/models/{model}/requests.json"):
            expected.add(f"models/{model}/requests.json")
        folder = f"{server.data}/models/{model}/checkpoints"
        names = os.listdir(folder) if os.path.isdir(folder) else []
        if "checkpoint" in names:
            expected.add(f"models/{model}/checkpoints/checkpoint")
        # Checkpoints of a model that is gone stay; whole ones.
        ids = found[model] if model in found else [name[:-6] for name in names if name.endswith(".index")]
        for id in ids:
            shards = [name for name in names if name.startswith(id + ".data-")]
            assert len({name[-5:] for name in shards}) == 1 and int(shards[0][-5:]) == len(shards), shards
            expected |= {f"models/{model}/checkpoints/{name}" for name in shards + [id + ".index"]}
    present = {
        os.path.relpath(os.path.join(folder, name), server.data)
        for folder, _, names in os.walk(server.data) for name in names}
    assert expected <= present, expected - present
    return present - expected


# The changes.

network = {"class_name": "TwoLayerNetwork", "seed": 3}


def assign(server, value, model="net"):
    answer = server("PUT", f"/models/{model}/variables/{model}/dense_1/bias:0", {"value": [value]})
    assert answer[0] == 200, answer


def save(server, id, value, model="net"):
    assign(server, value, model)
    answer = server("POST", f"/models/{model}/checkpoints", {"id": id})
    assert answer[0] == 201, answer


def create(server, checkpointing=None, model="net"):
    answer = server("PUT", f"/models/{model}", dict(network, **({"checkpointing": checkpointing} if checkpointing else {})))
    assert answer[0] in (200, 201), answer


class Change:
    """A request that changes what is on disk, with the states that it may leave; the first is the old one, the last the new.
    `late`: what is left of it after an error may be done by the next such request."""

    def __init__(self, prepare, request, *states, late=False):
        self.prepare, self.request, self.states, self.late = prepare, request, states, late


def one(server):
    create(server)
    save(server, "a", 1)
    assign(server, 2)


def two(server):
    create(server, {"max_to_keep": 2})
    save(server, "a", 1)
    save(server, "b", 2)
    assign(server, 3)


def uploaded(form):
    def request(server):
        return server("PUT", "/models/net/checkpoints/b", uploads[form], content_type=form)
    return request


post = lambda path, body=None: lambda server: server("POST", path, body)
changes = {
    "the first save": Change(
        lambda server: (create(server), assign(server, 1)), post("/models/net/checkpoints", {"id": "a"}),
        {"net": {}}, {"net": {"a": 1}}),
    "a save": Change(one, post("/models/net/checkpoints", {"id": "b"}), {"net": {"a": 1}}, {"net": {"a": 1, "b": 2}}),
    "a rotation": Change(
        two, post("/models/net/checkpoints", {"id": "c"}),
        {"net": {"a": 1, "b": 2}}, {"net": {"a": 1, "b": 2, "c": 3}}, {"net": {"b": 2, "c": 3}}, late=True),
    "a deletion": Change(
        lambda server: (one(server), save(server, "b", 2)), lambda server: server("DELETE", "/models/net/checkpoints/b"),
        {"net": {"a": 1, "b": 2}}, {"net": {"a": 1}}),
    "an upload of safetensors": Change(
        one, uploaded("application/vnd.safetensors"), {"net": {"a": 1}}, {"net": {"a": 1, "b": 7}}),
    "an upload of npz": Change(one, uploaded("application/x-npz"), {"net": {"a": 1}}, {"net": {"a": 1, "b": 7}}),
    "an upload of tar": Change(one, uploaded("application/x-tar"), {"net": {"a": 1}}, {"net": {"a": 1, "b": 7}}),
    "a creation": Change(
        one, lambda server: server("PUT", "/models/other", network), {"net": {"a": 1}}, {"net": {"a": 1}, "other": {}}),
    "a replacement": Change(one, lambda server: server("PUT", "/models/net", network), {"net": {"a": 1}}),
    "a copy": Change(
        one, post("/models/net/copy", {"name": "other"}),
        {"net": {"a": 1}}, {"net": {"a": 1}, "other": {"other-0": 2}}),
    "settings": Change(
        one, lambda server: server("PATCH", "/models/net", {"checkpointing": {"max_to_keep": 1}}), {"net": {"a": 1}}),
    "a model's end": Change(one, lambda server: server("DELETE", "/models/net"), {"net": {"a": 1}}, {}),
    "a model's end with its checkpoints": Change(
        one, lambda server: server("DELETE", "/models/net?checkpoints=true"), {"net": {"a": 1}}, {}),
}


# The sweeps.

class Sweep:
    def __init__(self, name, change, folder):
        self.name, self.change, self.folder = name, change, folder
        self.template = folder + "/template"
        self.number = itertools.count()
        server = self.start(self.template)
        change.prepare(server)
        server.stop()
        os.path.exists(self.template + "/LOCK") and os.remove(self.template + "/LOCK")
        self.failures = []

    def start(self, data, record=None):
        # One thread, so that the operations come in one order.
        return Server(strata, data, "--threads", "1", library=library, record=record)

    def fresh(self):
        path = f"{self.folder}/{next(self.number)}"
        shutil.copytree(self.template, path)
        return path

    def server(self, record=None):
        """One on a fresh copy, where what is not saved has been set again."""
        server = self.start(self.fresh(), record)
        unsaved = {"the first save": 1, "a save": 2, "a rotation": 3, "a copy": 2}.get(self.name)
        if unsaved:
            assign(server, unsaved)
        return server

    def check(self, where, data, allowed):
        """Starts a server on what was left, which must be one of the states, and nothing else."""
        server = self.start(data)
        try:
            found = state(server)
            if found not in allowed:
                self.failures.append(f"{where}: {found} is left")
            left = leftovers(server, found)
            if left:
                self.failures.append(f"{where}: {sorted(left)} remain")
        except (AssertionError, ValueError, TypeError) as wrong:
            self.failures.append(f"{where}: {wrong}")
        server.stop()
        shutil.rmtree(data)

    def kills(self, mode):
        for at in itertools.count(1):
            server = self.server()
            server.arm(mode, at)
            answer = self.change.request(server)
            over = server.count < at
            is_dead = server.process.poll() is not None or answer is None
            server.stop()
            done = answer is not None and answer[0] < 300
            self.check(f"killed at {at}", server.data, self.change.states[-1:] if done else self.change.states)
            if over:
                if is_dead or not done:
                    self.failures.append(f"without a fault: {answer}")
                return at - 1

    def errors(self, mode, code):
        for at in itertools.count(1):
            server = self.server()
            server.arm(mode, at, code)
            answer = self.change.request(server)
            over = server.count < at
            server.arm(NONE)
            where = f"error {code} at {at}"
            if answer is None:
                self.failures.append(f"{where}: no answer")
                server.stop()
                return at
            status = answer[0]
            allowed = (507,) if code in (ENOSPC, EDQUOT) else (500,)
            if not (200 <= status < 300 or status in allowed):
                self.failures.append(f"{where}: {status} {answer[1]}")
            last = self.change.states[1 if self.change.late and status < 300 else -1:]
            try:
                found = state(server)
                if found not in self.change.states:
                    self.failures.append(f"{where}: {found} while it runs on")
                again = self.change.request(server)
                # What failed can be done now; where it had been done after all, it is there already.
                if again is None or not (200 <= again[0] < 300 or again[0] in (404, 409)):
                    self.failures.append(f"{where}: {again} when asked again")
                if state(server) not in last:
                    self.failures.append(f"{where}: {state(server)} when asked again")
            except AssertionError as wrong:
                self.failures.append(f"{where}: {wrong}")
            server.stop()
            self.check(where, server.data, last)
            if over:
                return at - 1

    def nuisance(self, mode):
        server = self.server()
        server.arm(mode)
        answer = self.change.request(server)
        count = server.count
        if answer is None or answer[0] >= 300:
            self.failures.append(f"nuisance: {answer}")
        server.stop()
        self.check("nuisance", server.data, self.change.states[-1:])
        return count

    def power(self):
        """Every state that a power loss could leave after each operation, in selections of what was not synchronised."""
        record = f"{self.folder}/record"
        server = self.server(record)
        before = os.path.getsize(record)
        answer = self.change.request(server)
        done = answer is not None and answer[0] < 300
        server.stop()
        with open(record, "rb") as file:
            file.seek(before)
            operations = list(parse(file.read()))
        os.remove(record)
        if not done:
            self.failures.append(f"without a fault: {answer}")
        count = 0
        for end in range(len(operations) + 1):
            seen = set()
            for seed in range(8):
                disk = Disk(self.template, server.data)
                for operation in operations[:end]:
                    disk.apply(*operation)
                picked = disk.lose(seed)
                if picked in seen:
                    continue
                seen.add(picked)
                data = f"{self.folder}/{next(self.number)}"
                disk.write(data)
                finished = done and end == len(operations)
                self.check(
                    f"power lost after {end}, selection {seed}", data,
                    self.change.states[-1:] if finished else self.change.states)
                count += 1
        shutil.rmtree(server.data)
        return count


def parse(record):
    """(operation, path, other path, offset, bytes)"""
    place = 0
    while place < len(record):
        end = record.index(b"\n", place)
        operation, path, other, offset, count = record[place:end].decode().split("\t")
        place = end + 1 + int(count)
        yield operation, path, other, int(offset), record[end + 1:place]


class Disk:
    """Files and folders as a process sees them, and what of them is durable. Names become durable by a synchronised folder
    alone, contents by a synchronised file; of all else a power loss leaves any selection, in any order."""

    def __init__(self, template, data):
        self.data, self.nodes, self.names, self.pending = data, [], {}, []
        for folder, _, files in os.walk(template):
            relative = os.path.relpath(folder, template)
            base = data if relative == "." else f"{data}/{relative}"
            self.names[base] = None
            for name in files:
                with open(f"{folder}/{name}", "rb") as file:
                    self.names[f"{base}/{name}"] = len(self.nodes)
                    self.nodes.append({"durable": bytearray(file.read()), "pending": []})
        self.durable = dict(self.names)

    def apply(self, operation, path, other, offset, content):
        if operation == "create":
            if path in self.names:
                self.nodes[self.names[path]] = {"durable": bytearray(), "pending": []}
                return
            self.names[path] = len(self.nodes)
            self.pending.append(("link", path, len(self.nodes)))
            self.nodes.append({"durable": bytearray(), "pending": []})
        elif operation == "mkdir":
            self.names[path] = None
            self.pending.append(("link", path, None))
        elif operation == "write":
            self.nodes[self.names[path]]["pending"].append((offset, content))
        elif operation == "sync" and self.names.get(path, 0) is None:
            for change in [change for change in self.pending if os.path.dirname(change[1]) == path]:
                self.rename(change, self.durable)
                self.pending.remove(change)
        elif operation == "sync":
            node = self.nodes[self.names[path]]
            for offset, content in node["pending"]:
                self.put(node["durable"], offset, content)
            node["pending"] = []
        elif operation in ("unlink", "rmdir"):
            del self.names[path]
            self.pending.append(("unlink", path))
        elif operation == "rename":
            self.names[other] = self.names.pop(path)
            self.pending.append(("rename", path, other))

    @staticmethod
    def put(target, offset, content):
        if len(target) < offset + len(content):
            target.extend(bytes(offset + len(content) - len(target)))
        target[offset:offset + len(content)] = content

    @staticmethod
    def rename(change, names):
        if change[0] == "link":
            names[change[1]] = change[2]
        elif change[0] == "unlink":
            names.pop(change[1], None)
        elif change[1] in names:
            names[change[2]] = names.pop(change[1])

    def lose(self, seed):
        """Takes the power away; returns what was picked. Selection 0 loses all that is pending, 1 nothing."""
        choice = random.Random(seed)
        keeps = {0: lambda: False, 1: lambda: True}.get(seed, lambda: choice.random() < 0.5)
        picked = []
        for node in self.nodes:
            for offset, content in node["pending"]:
                picked.append(keeps())
                if picked[-1]:
                    count = choice.randrange(len(content) + 1) if seed > 1 and content and choice.random() < 0.5 else len(content)
                    picked[-1] = count
                    self.put(node["durable"], offset, content[:count])
        for change in self.pending:
            picked.append(keeps())
            if picked[-1]:
                self.rename(change, self.durable)
        return tuple(picked)

    def write(self, data):
        os.makedirs(data)
        for path, node in sorted(self.durable.items(), key=lambda item: item[0]):
            target = data + path[len(self.data):]
            # A file in a folder whose own name was lost is lost with it.
            if node is None:
                if os.path.isdir(os.path.dirname(target)):
                    os.makedirs(target, exist_ok=True)
            elif os.path.isdir(os.path.dirname(target)) and os.path.basename(target) != "LOCK":
                with open(target, "wb") as file:
                    file.write(self.nodes[node]["durable"])


kinds = {
    "killed before": lambda sweep: sweep.kills(KILL),
    "killed within": lambda sweep: sweep.kills(TEAR),
    "EIO": lambda sweep: sweep.errors(FAIL, EIO),
    "ENOSPC": lambda sweep: sweep.errors(FAIL, ENOSPC),
    "EROFS": lambda sweep: sweep.errors(FAIL, EROFS),
    "EDQUOT from then on": lambda sweep: sweep.errors(FULL, EDQUOT),
    "short": lambda sweep: sweep.nuisance(SHORT),
    "interrupted": lambda sweep: sweep.nuisance(INTERRUPT),
    "power lost": lambda sweep: sweep.power(),
}


def make_uploads(folder):
    """A checkpoint in each form, from a server of its own."""
    server = Server(strata, folder + "/uploads")
    create(server)
    save(server, "b", 7)
    forms = ["application/vnd.safetensors", "application/x-npz", "application/x-tar"]
    made = {form: server("GET", "/models/net/checkpoints/b", accept=form)[1] for form in forms}
    server.stop()
    return made


if __name__ == "__main__":
    strata = os.path.abspath(sys.argv[1])
    wanted = sys.argv[2:]
    wrong = False
    with tempfile.TemporaryDirectory() as root:
        library = root + "/faults.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, here + "/faults.c", "-ldl"], check=True)
        uploads = make_uploads(root)
        for index, (name, change) in enumerate(changes.items()):
            if wanted and name not in wanted:
                continue
            for kind, run in kinds.items():
                folder = f"{root}/{index}-{kind.replace(' ', '-')}"
                os.mkdir(folder)
                start = time.monotonic()
                sweep = Sweep(name, change, folder)
                count = run(sweep)
                wrong |= bool(sweep.failures)
                verdict = "ok   " if not sweep.failures else "WRONG"
                print(f"{verdict} {name}, {kind}: {count} cases, {time.monotonic() - start:.1f} s", flush=True)
                for failure in sweep.failures[:8]:
                    print("      " + failure, flush=True)
                shutil.rmtree(folder)
    sys.exit(wrong)
