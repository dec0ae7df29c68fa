#!/usr/bin/env python3
"""What keys, the access log and metrics cost on the smallest call, in the server's processor time a request.

    overhead.py strata [older-strata …]

Servers of every kind take turns under wrk, so that what else the machine does falls on all alike; processor time a request is
read from /proc, and the median of the rounds is told. An older executable, from before there were metrics, is the floor.
"""

import atexit
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROUNDS = int(os.environ.get("ROUNDS", 7))
SECONDS = os.environ.get("SECONDS_EACH", "2")
BODY = '{"inputs":[[1,1,1,1,1,1,1,1]]}'


def start(program, folder, port, arguments):
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
    server = subprocess.Popen(
        [program, "serve", "--port", str(port), "--data-dir", f"{folder}/{port}", "--demo", *arguments],
        stdout=subprocess.DEVNULL, stderr=open(f"{folder}/{port}.log", "w"), env=environment)
    atexit.register(server.kill)
    for _ in range(200):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz")
            return server
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{program} did not start")


def processor_seconds(server):
    fields = open(f"/proc/{server.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, older = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        key = subprocess.run([program, "key", "load", "--scopes", "call"], capture_output=True, text=True, check=True)
        with open(f"{folder}/keys.yaml", "w") as file:
            file.write("keys:\n" + key.stdout)
        with open(f"{folder}/call.lua", "w") as file:
            file.write('wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\n'
                       f'wrk.headers["authorization"] = "Bearer {key.stderr.strip()}"\nwrk.body = [==[{BODY}]==]\n')
        kinds = [(f"older {index}", path, []) for index, path in enumerate(older)] + [
            ("metrics alone", program, ["--anonymous", "read,call,train,admin"]),
            ("and a key", program, ["--keys-file", f"{folder}/keys.yaml"]),
            ("and the access log", program, ["--keys-file", f"{folder}/keys.yaml", "--access-log", "--log-format", "json"]),
        ]
        servers = [start(path, folder, 18500 + index, arguments) for index, (_, path, arguments) in enumerate(kinds)]
        costs = [[] for _ in kinds]
        for _ in range(ROUNDS):
            for index, server in enumerate(servers):
                before = processor_seconds(server)
                run = subprocess.run(
                    ["wrk", "-t1", "-c32", f"-d{SECONDS}s", "-s", f"{folder}/call.lua",
                     f"http://127.0.0.1:{18500 + index}/models/net/call"], capture_output=True, text=True, check=True)
                requests = int(re.search(r"(\d+) requests in", run.stdout).group(1))
                if "Non-2xx" in run.stdout:
                    sys.exit(run.stdout)
                costs[index].append((processor_seconds(server) - before) / requests * 1e6)
        first = statistics.median(costs[0])
        for (name, _, _), cost, server in zip(kinds, costs, servers):
            median = statistics.median(cost)
            print(f"{name:20} {median:6.2f} µs a request  {100 * (median / first - 1):+5.1f} %  ({min(cost):.2f} to {max(cost):.2f})")
            server.terminate()
        for server in servers:
            server.wait()


if __name__ == "__main__":
    main()
