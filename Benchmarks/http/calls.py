#!/usr/bin/env python3
"""Calls of the demo's network beside nginx answering a fixed body of the same size, in one run, on both event loops.

    swift build -c release --product strata
    python3 Benchmarks/http/calls.py [--runs 3] [--seconds 2] [--connections 1,32,256]

Needs nginx and wrk on the PATH. Prints medians: requests per second, p50, p99, CPU time per request, and their ratio to
nginx's; then resident memory and the time from start to the first answer.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request

from compare import NGINX, certificate, wrk

BODY = '{"inputs":[[1,1,1,1,1,1,1,1]]}'
SCRIPT = """
wrk.method = "POST"
wrk.body = '%s'
wrk.headers["content-type"] = "application/json"
""" % BODY


def resident(process):
    for line in open("/proc/%d/status" % process.pid):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


def start_strata(binary, folder, loop):
    begin = time.monotonic()
    process = subprocess.Popen(
        [binary, "serve", "--demo", "--port", "0", "--data-dir", os.path.join(folder, loop), "--event-loop", loop],
        stdout=subprocess.PIPE, text=True, env=dict(os.environ, SWIFT_BACKTRACE="enable=no"))
    url = process.stdout.readline().split()[-1] + "/models/net/call"
    request = urllib.request.Request(url, BODY.encode(), {"content-type": "application/json"})
    answer = urllib.request.urlopen(request).read()
    return process, url, answer, time.monotonic() - begin


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=2)
    arguments.add_argument("--connections", default="1,32,256")
    arguments.add_argument("--binary", default=".build/release/strata")
    options = arguments.parse_args()
    folder = tempfile.mkdtemp()
    processes = []
    try:
        script = os.path.join(folder, "post.lua")
        open(script, "w").write(SCRIPT)
        targets, starts = {}, {}
        for loop in ["epoll", "dispatch"]:
            process, url, answer, starts[loop] = start_strata(options.binary, folder, loop)
            processes.append(process)
            targets[loop] = (process, url, ["-s", script])
        chain, key = certificate(folder)
        port = 18592
        configuration = NGINX % dict(workers=2, folder=folder, port=port, secure=18593, chain=chain, key=key)
        configuration = configuration.replace('return 200 "Hello, world!\\n"', "return 200 '%s'" % answer.decode())
        path = os.path.join(folder, "nginx.conf")
        open(path, "w").write(configuration)
        nginx = subprocess.Popen(["nginx", "-p", folder, "-c", path], stderr=subprocess.DEVNULL)
        processes.append(nginx)
        time.sleep(0.5)
        targets["nginx"] = (nginx, "http://127.0.0.1:%d/" % port, [])
        print("%-10s %5s %10s %9s %9s %12s %7s" % ("server", "conns", "requests/s", "p50 us", "p99 us", "CPU us/req", "ratio"))
        for count in map(int, options.connections.split(",")):
            samples = {name: [] for name in targets}
            for _ in range(options.runs):
                for name, (process, url, flags) in targets.items():
                    samples[name].append(wrk(url, process, count, options.seconds, flags))
            middle = {n: [statistics.median(column) for column in zip(*rows)] for n, rows in samples.items()}
            for name, (rate, cpu, p50, p99) in middle.items():
                ratio = rate / middle["nginx"][0]
                print("%-10s %5d %10.0f %9.0f %9.0f %12.1f %7.2f" % (name, count, rate, p50 * 1e6, p99 * 1e6, cpu * 1e6, ratio))
        for name in ["epoll", "dispatch"]:
            print("%s: %.1f MB resident, %.0f ms from start to first answer" % (name, resident(targets[name][0]), starts[name] * 1e3))
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
