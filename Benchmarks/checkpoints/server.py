"""A server under test, spoken to over its socket."""
import atexit, http.client, json, mmap, os, struct, subprocess

class Server:
    """A server on a data directory; with `library`, the fault injector is loaded into it, and writes what it sees to `record`."""

    def __init__(self, strata, data, *arguments, library=None, record=None, user=None):
        self.data = data
        self.control_path = data + ".control"
        with open(self.control_path, "wb") as file:
            file.write(bytes(24))
        self.control_file = open(self.control_path, "r+b")
        self.control = mmap.mmap(self.control_file.fileno(), 24)
        environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
        if library:
            environment.update(LD_PRELOAD=library, FAULT_DIRECTORY=data, FAULT_CONTROL=self.control_path)
        if record:
            environment.update(FAULT_RECORD=record)
        self.process = subprocess.Popen(
            [strata, "serve", "--port", "0", "--data-dir", data, "--log-level", "critical", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True, user=user, group=user)
        atexit.register(self.process.kill)
        line = self.process.stdout.readline()
        if ":" not in line:
            raise SystemExit(f"the server did not start: {line!r}")
        self.port = int(line.rsplit(":", 1)[1])

    def arm(self, mode, at=0, code=0):
        self.control[:24] = struct.pack("<iiiiq", mode, at, code, 0, 0)

    @property
    def count(self):
        return struct.unpack("<q", self.control[16:24])[0]

    def __call__(self, method, path, body=None, accept=None, content_type="application/json"):
        """(status, body), or None when the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"accept": accept} if accept else {}
        if body is not None:
            headers["content-type"] = content_type
            body = body if isinstance(body, bytes) else json.dumps(body)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, ConnectionError):
            return None
        finally:
            connection.close()

    def json(self, path):
        status, body = self("GET", path)
        assert status == 200, (path, status, body)
        return json.loads(body)

    def stop(self):
        """Ends it without leave, unless it is dead already."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        atexit.unregister(self.process.kill)
        self.process.stdout.close()
        self.control.close()
        self.control_file.close()
        os.remove(self.control_path)


def tensors(file):
    """The tensors of a safetensors file, as bytes by name."""
    count = int.from_bytes(file[:8], "little")
    header = json.loads(file[8:8 + count])
    return {
        name: file[8 + count + entry["data_offsets"][0]:8 + count + entry["data_offsets"][1]]
        for name, entry in header.items() if name != "__metadata__"}


class Claims:
    """Prints a line for each claim, and counts those that do not hold."""

    failures = 0

    def __call__(self, text, holds, *facts):
        self.failures += not holds
        print(("ok    " if holds else "WRONG ") + text, *([] if holds else facts), flush=True)
