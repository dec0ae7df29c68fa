#!/usr/bin/env python3
"""A million mixed requests, each answer's status looked at: calls, GETs, variables read and assigned, small training steps, bad bodies.

    swift build -c release --product strata
    python3 Benchmarks/http/endurance.py [--requests 1000000] [--connections 4]

Prints resident memory after 10 %, 50 % and all of them, and fails if it grew by more than a tenth from the first to the last.
"""
import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def request(method, path, body=b"", kind="application/json", headers=""):
    if isinstance(body, str):
        body = body.encode()
    head = "%s %s HTTP/1.1\r\nhost: a\r\n%s" % (method, path, headers)
    if body:
        head += "content-type: %s\r\ncontent-length: %d\r\n" % (kind, len(body))
    return head.encode() + b"\r\n" + body


def npy(shape, values):
    import array
    header = repr({"descr": "<f4", "fortran_order": False, "shape": shape}).encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + array.array("f", values).tobytes()


def mixture(number):
    """One batch of a hundred requests with the statuses that are due; no two batches are the same."""
    row = [(number * 7 + index) % 13 / 13 for index in range(8)]
    call = json.dumps({"inputs": [row]})
    batch = [(request("POST", "/models/net/call", call), 200)] * 50
    batch += [(request("POST", "/models/net/call", json.dumps({"inputs": [row] * 16})), 200)] * 6
    batch += [(request("POST", "/models/net/call", npy((1, 8), row), "application/x-npy"), 200)] * 4
    batch += [(request("GET", "/healthz"), 200)] * 8 + [(request("GET", "/models"), 200)] * 2 + [(request("GET", "/models/net"), 200)] * 2
    batch += [(request("GET", "/metrics"), 200)]
    batch += [(request("GET", "/models/net/variables"), 200)] * 3
    batch += [(request("GET", "/models/net/variables/net/dense/bias:0"), 200)] * 4
    batch += [(request("PUT", "/models/other/variables/other/dense/bias:0", json.dumps({"value": row * 2})), 200)] * 2
    batch += [(request("POST", "/models/net/train", json.dumps({"inputs": [row], "targets": [[row[0]]]}), headers="idempotency-key: %d\r\n" % number), 200)] * 2
    batch += [(request("POST", "/models/net/train", json.dumps({"inputs": [row], "targets": [[row[0]]]})), 200)] * 4
    batch += [(request("POST", "/models/net/call", call[:-3]), 400), (request("POST", "/models/net/call", '{"inputs":[[1,2,3]]}'), 422),
              (request("POST", "/models/net/call", '{"inputs":[[1,2],[3]]}'), 422), (request("POST", "/models/none/call", call), 404),
              (request("POST", "/models/net/call", call, "text/csv"), 415), (request("GET", "/nothing/%d" % number), 404),
              (request("DELETE", "/healthz"), 405), (request("POST", "/models/net/train", '{"inputs":[[1]]}'), 422),
              (request("PUT", "/models/other/variables/other/dense/bias:0", '{"value":[1]}'), 422),
              (request("GET", "/models/net/variables/none"), 404)]
    turn = number * 37 % len(batch)
    return batch[turn:] + batch[:turn]


class Client(threading.Thread):
    def __init__(self, port, first, step, requests):
        super().__init__(daemon=True)
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.number, self.step, self.left = first, step, requests
        self.wrong = {}
        self.seen = 0

    def run(self):
        while self.left > 0:
            batch = mixture(self.number)
            mark = b"x-request-id: end-%d\r\n" % self.number
            # Whoever sends more than the server reads ahead must read as well: ten at a time fit.
            found = []
            for start in range(0, len(batch), 10):
                part = batch[start:start + 10]
                end = request("GET", "/healthz", headers=mark.decode())
                self.socket.sendall(b"".join(text for text, _ in part) + end)
                answer = b""
                while not (mark in answer and answer.endswith(b'{"status":"ok"}')):
                    piece = self.socket.recv(1 << 18)
                    assert piece, "the server closed the connection after " + repr(answer[-300:])
                    answer += piece
                found += [int(status) for status in STATUS.findall(answer)][:-1]
            for (text, due), status in zip(batch, found):
                if status != due:
                    self.wrong[(due, status, text[:90])] = self.wrong.get((due, status, text[:90]), 0) + 1
            assert len(found) == len(batch), (len(found), len(batch))
            self.seen += len(batch) + len(batch) // 10
            self.left -= len(batch) + len(batch) // 10
            self.number += self.step


def resident(process):
    return next(int(line.split()[1]) for line in open("/proc/%d/status" % process.pid) if line.startswith("VmRSS")) / 1024


def send(url, method, body):
    data = json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(url, data, {"content-type": "application/json"}, method=method), timeout=30).read()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--binary", default=".build/release/strata")
    options = parser.parse_args()
    folder = tempfile.mkdtemp()
    server = subprocess.Popen(
        [options.binary, "serve", "--demo", "--port", "0", "--data-dir", folder, "--access-log"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(os.environ, SWIFT_BACKTRACE="enable=no"))
    try:
        base = server.stdout.readline().split()[-1]
        send(base + "/models/net", "PATCH", {"training": {"optimizer": "SGD", "loss": "mse"}})
        send(base + "/models/net/call", "POST", {"inputs": [[1] * 8]})
        send(base + "/models/net/copy", "POST", {"name": "other"})
        clients = [Client(int(base.rsplit(":", 1)[1]), index, options.connections, options.requests // options.connections)
                   for index in range(options.connections)]
        begin, marks, kept = time.monotonic(), [0.1, 0.5, 1.0], []
        print("%6.1f MB before any" % resident(server), flush=True)
        for client in clients:
            client.start()
        while marks:
            seen = sum(client.seen for client in clients)
            if seen >= marks[0] * options.requests or not any(client.is_alive() for client in clients):
                kept.append(resident(server))
                print("%6.1f MB after %d requests, %.0f s" % (kept[-1], seen, time.monotonic() - begin), flush=True)
                marks.pop(0)
            time.sleep(0.05)
        for client in clients:
            client.join()
        wrong = {}
        for client in clients:
            for key, count in client.wrong.items():
                wrong[key] = wrong.get(key, 0) + count
        for (due, status, text), count in wrong.items():
            print("%d times %d in place of %d: %r" % (count, status, due, text))
        unread = [client for client in clients if client.left > 0]
        failed = bool(wrong or unread) or kept[-1] > 1.1 * kept[0]
        print("failed" if failed else "passed: %+.1f %% from the first tenth to the end" % (100 * (kept[-1] / kept[0] - 1)))
        return 1 if failed else 0
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
