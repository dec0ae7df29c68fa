#!/usr/bin/env python3
"""Calls of a perceptron (784→512→512→10, one row, JSON) from 8 connections, alone and while a job trains the same model
(batches of 128, Adam): p50, p99 and their ratios, in turns.

    swift build -c release --product strata
    peers/bin/python Benchmarks/http/training.py [--runs 5] [--seconds 2]

Needs numpy and wrk. The environment is that of rows.py.
"""
import argparse
import io
import json
import os
import shutil
import statistics
import subprocess
import tempfile

import numpy

from compare import wrk
from rows import create, send


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=2)
    arguments.add_argument("--connections", type=int, default=8)
    arguments.add_argument("--binary", default=".build/release/strata")
    arguments.add_argument("--flags", default="", help="more flags of strata serve")
    options = arguments.parse_args()
    folder = tempfile.mkdtemp()
    strata = subprocess.Popen(
        [options.binary, "serve", "--port", "0", "--data-dir", folder + "/data", *options.flags.split()], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True)
    try:
        measure(options, folder, strata)
    finally:
        strata.terminate()
        strata.wait()
        shutil.rmtree(folder, ignore_errors=True)


def measure(options, folder, strata):
    base = strata.stdout.readline().split()[-1]
    create(base, "mlp")
    random = numpy.random.default_rng(3)
    data = io.BytesIO()
    numpy.savez(data, x=random.random((12800, 784), numpy.float32), y=random.integers(0, 10, 12800))
    send(base + "/datasets/noise", data.getvalue(), "application/x-npz", "PUT")
    training = {"optimizer": "Adam", "loss": {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": True}}}
    send(base + "/models/mlp", json.dumps({"training": training}).encode(), method="PATCH")
    body = json.dumps({"inputs": random.random((1, 784), numpy.float32).tolist()})
    with open(folder + "/call.lua", "w") as file:
        file.write('wrk.method = "POST"\nwrk.body = [==[%s]==]\nwrk.headers["content-type"] = "application/json"\n' % body)

    def sample():
        return wrk(base + "/models/mlp/call", strata, options.connections, options.seconds, ["-s", folder + "/call.lua"])

    job = {"data": {"dataset": "noise", "inputs": "x", "targets": "y"}, "epochs": 100000, "batch_size": 128}
    alone, during, steps = [], [], []
    for _ in range(options.runs):
        alone.append(sample())
        name = json.loads(send(base + "/models/mlp/jobs", json.dumps(job).encode()))["id"]
        step = json.loads(send(base + "/models/mlp", None, method="GET"))["step"]
        during.append(sample())
        steps.append((json.loads(send(base + "/models/mlp", None, method="GET"))["step"] - step) / options.seconds)
        send("%s/jobs/%s/cancel" % (base, name), b"")
    rows = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in (("alone", alone), ("during a job", during))}
    for name, (rate, _, p50, p99) in rows.items():
        print("%-13s %8.0f calls/s  p50 %7.0f us  p99 %7.0f us" % (name, rate, p50 * 1e6, p99 * 1e6))
    print("%.0f training steps/s; p50 %.1f, p99 %.1f times that without the job" % (
        statistics.median(steps), rows["during a job"][2] / rows["alone"][2], rows["during a job"][3] / rows["alone"][3]))


if __name__ == "__main__":
    main()
