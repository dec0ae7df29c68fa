"""A server whose disk is full, for real, and then whose folder is read-only. Needs leave to mount a small file system.

    swift build -c release --product strata
    sudo python3 Benchmarks/checkpoints/disks.py .build/release/strata

Prints one line for each claim; exits with 1 if one does not hold.
"""
import atexit, os, subprocess, sys, tempfile

from server import Claims, Server

strata = os.path.abspath(sys.argv[1])
claim = Claims()


def mount(*options):
    subprocess.run(["mount", *options], check=True)


def ids(server):
    return [checkpoint["id"] for checkpoint in server.json("/models/net/checkpoints")["checkpoints"]]


def whole(server):
    """Whether every checkpoint that is listed can be fetched whole."""
    forms = ["application/vnd.safetensors", "application/x-npz", "application/x-tar"]
    return all(server("GET", f"/models/net/checkpoints/{id}", accept=form)[0] == 200 for id in ids(server) for form in forms)


def answers(server):
    return server("POST", "/models/net/call", {"inputs": [[0] * 128]})[0] == 200


folder = tempfile.mkdtemp()
mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", folder)
atexit.register(lambda: subprocess.run(["umount", "-l", folder]))
data = folder + "/data"
server = Server(strata, data)
# 64 KiB and a little.
model = {"class_name": "Sequential", "config": {"layers": [
    {"class_name": "Dense", "config": {"units": 128, "input_shape": [128]}}]}}
claim("a model is made", server("PUT", "/models/net", model)[0] == 201)

saved = []
while True:
    status, body = server("POST", "/models/net/checkpoints", {"id": f"c{len(saved)}"})
    if status != 201 or len(saved) > 100:
        break
    saved.append(f"c{len(saved)}")
claim("a full disk is 507 and says so", status == 507 and b"disk is full" in body, status, body)
claim("those saved before stay", ids(server) == saved and whole(server), ids(server))
upload = server("GET", f"/models/net/checkpoints/{saved[0]}", accept="application/vnd.safetensors")[1]
status, body = server("PUT", "/models/net/checkpoints/u", upload, content_type="application/vnd.safetensors")
claim("an upload is 507 too", status == 507, status, body)
with open(data + "/filler", "wb", buffering=0) as file:
    try:
        while file.write(bytes(4096)):
            pass
    except OSError:
        pass
status, body = server("PUT", "/models/other", model)
claim("and so is a new model", status == 507, status, body)
status, body = server("PATCH", "/models/net", {"batching": {"exact": True}})
claim("and so are settings, which stay as they were",
      status == 507 and server.json("/models/net")["batching"]["exact"] is False, status, body)
claim("it answers", answers(server))
claim("a deletion works on a full disk", server("DELETE", f"/models/net/checkpoints/{saved[0]}")[0] == 204)
os.remove(data + "/filler")
claim("with room again, what failed can be done", server("POST", "/models/net/checkpoints", {"id": "again"})[0] == 201)
saved = saved[1:] + ["again"]
claim("in order", ids(server) == saved and whole(server), ids(server))

# As somebody who may not write into the folder.
server.stop()
checkpoints = data + "/models/net/checkpoints"
subprocess.run(["chown", "-R", "65534:65534", folder], check=True)
server = Server(strata, data, user=65534)
claim("another user goes on with it", ids(server) == saved)
os.chmod(checkpoints, 0o555)
status, body = server("POST", "/models/net/checkpoints", {"id": "no"})
claim("a read-only folder is told", status == 500 and b"permission denied" in body, status, body)
status, body = server("PUT", "/models/net/checkpoints/u", upload, content_type="application/vnd.safetensors")
claim("for an upload too", status == 500 and b"permission denied" in body, status, body)
status, body = server("DELETE", f"/models/net/checkpoints/{saved[0]}")
claim("for a deletion too", status == 500 and b"permission denied" in body, status, body)
claim("what is there can be read", answers(server) and ids(server) == saved and whole(server), ids(server))
claim("and restored", server("POST", "/models/net/restore", {"checkpoint": saved[0]})[0] == 200)
os.chmod(checkpoints, 0o755)
claim("with leave to write again, it goes on", server("DELETE", f"/models/net/checkpoints/{saved.pop(0)}")[0] == 204)
claim("and on", server("POST", "/models/net/checkpoints", {"id": "more"})[0] == 201)
before = ids(server)
server.stop()

server = Server(strata, data, user=65534)
claim("after a restart all is there", ids(server) == before and whole(server) and answers(server), ids(server))
present = {name for _, _, names in os.walk(data) for name in names}
expected = {"LOCK", "model.json", "checkpoint"} | {id + end for id in before for end in (".index", ".data-00000-of-00001")}
claim("and nothing else", present == expected, present ^ expected)
server.stop()
sys.exit(claim.failures > 0)
