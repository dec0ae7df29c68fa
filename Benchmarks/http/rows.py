#!/usr/bin/env python3
"""The rows that users compare servers by: calls of a tiny network and of a perceptron, beside FastAPI with ONNX Runtime and beside
nginx, which computes nothing, in one run.

    swift build -c release --product strata
    python3 -m venv peers && peers/bin/pip install fastapi 'uvicorn[standard]' orjson onnxruntime onnx numpy
    peers/bin/python Benchmarks/http/rows.py [--runs 3] [--seconds 2] [--connections 32]

Needs nginx and wrk on the PATH. *tiny* is Dense 8→16→1, *mlp* is 784→512→512→10 with relu, b the batch. Prints medians.
"""
import argparse
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from compare import certificate, wrk

WIDTHS = {"tiny": [8, 16, 1], "mlp": [784, 512, 512, 10]}
NGINX = """
daemon off; worker_processes 1; pid %(folder)s/nginx.pid; error_log %(folder)s/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 100000000; client_body_temp_path %(folder)s/b; proxy_temp_path %(folder)s/p;
  fastcgi_temp_path %(folder)s/f; uwsgi_temp_path %(folder)s/u; scgi_temp_path %(folder)s/s; client_max_body_size 10m;
  client_body_buffer_size 2m;
  server { listen 127.0.0.1:%(port)d; location / { default_type application/json; return 200 '%(answer)s'; } }
}
"""


def weights(name):
    random = numpy.random.default_rng(1)
    return [(random.standard_normal((m, n), numpy.float32) / numpy.float32(m) ** 0.5, random.standard_normal(n, numpy.float32))
            for m, n in zip(WIDTHS[name], WIDTHS[name][1:])]


def write_onnx(name, path):
    nodes, constants, last = [], [], "x"
    layers = weights(name)
    for index, (kernel, bias) in enumerate(layers):
        constants += [numpy_helper.from_array(kernel, "k%d" % index), numpy_helper.from_array(bias, "b%d" % index)]
        nodes.append(helper.make_node("Gemm", [last, "k%d" % index, "b%d" % index], ["z%d" % index]))
        last = "z%d" % index
        if index + 1 < len(layers):
            nodes.append(helper.make_node("Relu", [last], ["a%d" % index]))
            last = "a%d" % index
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", WIDTHS[name][0]])],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, ["batch", WIDTHS[name][-1]])], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


def send(url, body, kind="application/json", method="POST"):
    request = urllib.request.Request(url, body, {"content-type": kind}, method=method)
    return urllib.request.urlopen(request, timeout=10).read()


def create(url, name):
    widths = WIDTHS[name]
    layers = []
    for index, units in enumerate(widths[1:]):
        config = {"units": units}
        if index + 2 < len(widths):
            config["activation"] = "relu"
        if index == 0:
            config["input_shape"] = [widths[0]]
        layers.append({"class_name": "Dense", "config": config})
    send("%s/models/%s" % (url, name), json.dumps({"class_name": "Sequential", "config": {"layers": layers}}).encode(), method="PUT")
    for index, (kernel, bias) in enumerate(weights(name)):
        layer = "%s/dense%s" % (name, "_%d" % index if index else "")
        for what, value in (("kernel", kernel), ("bias", bias)):
            file = io.BytesIO()
            numpy.save(file, value)
            send("%s/models/%s/variables/%s/%s:0" % (url, name, layer, what), file.getvalue(), "application/x-npy", "PUT")


def answers(url, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            return send(url, json.dumps({"inputs": [[1] * 8]}).encode())
        except OSError:
            assert time.monotonic() < end, url
            time.sleep(0.05)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=2)
    arguments.add_argument("--connections", default="32")
    arguments.add_argument("--binary", default=".build/release/strata")
    arguments.add_argument("--flags", default="", help="more flags of strata serve")
    options = arguments.parse_args()
    folder = tempfile.mkdtemp()
    processes = []
    try:
        measure(options, folder, processes)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def measure(options, folder, processes):
    strata = subprocess.Popen(
        [options.binary, "serve", "--demo", "--port", "0", "--data-dir", folder + "/data", *options.flags.split()],
        stdout=subprocess.PIPE, text=True)
    processes.append(strata)
    base = strata.stdout.readline().split()[-1]
    for name in WIDTHS:
        create(base, name)
        write_onnx(name, "%s/%s.onnx" % (folder, name))
    here = os.path.dirname(os.path.abspath(__file__))
    uvicorn = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "fastapi_peer:app", "--workers", "2", "--no-access-log", "--port", "18601", "--log-level", "error"],
        cwd=here + "/peers", env=dict(os.environ, MODELS=folder, OMP_NUM_THREADS="1"))
    processes.append(uvicorn)
    answers("http://127.0.0.1:18601/models/tiny/call")
    with open(folder + "/nginx.conf", "w") as file:
        answer = send(base + "/models/tiny/call", json.dumps({"inputs": [[1] * 8]}).encode()).decode()
        file.write(NGINX % dict(folder=folder, port=18602, answer=answer))
    nginx = subprocess.Popen(["nginx", "-p", folder, "-c", folder + "/nginx.conf"], stderr=subprocess.DEVNULL)
    processes.append(nginx)
    servers = {"strata": (strata, base), "fastapi": (uvicorn, "http://127.0.0.1:18601"), "nginx": (nginx, "http://127.0.0.1:18602")}

    random = numpy.random.default_rng(2)
    rows = []
    for name, batch, binary in (("tiny", 1, False), ("mlp", 1, False), ("mlp", 64, False), ("mlp", 64, True)):
        inputs = random.random((batch, WIDTHS[name][0]), numpy.float32)
        # What the peers answer must be the same numbers, or the comparison is none.
        text = json.dumps({"inputs": inputs.tolist()}).encode()
        found = [numpy.array(json.loads(send("%s/models/%s/call" % (url, name), text))["outputs"]) for _, url in list(servers.values())[:2]]
        assert numpy.allclose(found[0], found[1], rtol=1e-3, atol=1e-4), (found[0][:1], found[1][:1])
        file = io.BytesIO()
        numpy.save(file, inputs)
        bodies = {"strata": ("application/x-npy", file.getvalue()), "fastapi": ("application/octet-stream", inputs.tobytes())} if binary else {
            key: ("application/json", text) for key in servers}
        rows.append(("%s b%d %s" % (name, batch, "binary" if binary else "JSON"), name, bodies))

    print("%-16s %6s %-9s %11s %9s %9s %11s %8s" % ("row", "conns", "server", "requests/s", "p50 us", "p99 us", "CPU us/req", "strata/"))
    for title, name, bodies in rows:
        scripts = {}
        for key, (kind, body) in bodies.items():
            open("%s/%s.body" % (folder, key), "wb").write(body)
            scripts[key] = "%s/%s.lua" % (folder, key)
            open(scripts[key], "w").write(
                'local file = io.open("%s/%s.body", "rb")\nwrk.method = "POST"\nwrk.body = file:read("*a")\nwrk.headers["content-type"] = "%s"\n'
                % (folder, key, kind))
        for connections in map(int, options.connections.split(",")):
            samples = {key: [] for key in bodies}
            for _ in range(options.runs):
                for key in bodies:
                    process, url = servers[key]
                    samples[key].append(wrk("%s/models/%s/call" % (url, name), process, connections, options.seconds, ["-s", scripts[key]]))
            middle = {key: [statistics.median(column) for column in zip(*runs)] for key, runs in samples.items()}
            for key, (rate, work, p50, p99) in middle.items():
                print("%-16s %6d %-9s %11.0f %9.0f %9.0f %11.1f %8.2f" % (
                    title, connections, key, rate, p50 * 1e6, p99 * 1e6, work * 1e6, middle["strata"][0] / rate), flush=True)


if __name__ == "__main__":
    main()
