"""The figures of PyTorch for the rows that OperatorsBenchmark prints: a name, a tab, a number.

    pip install torch
    python Benchmarks/operators/peers.py > peers.tsv
    .build/release/OperatorsBenchmark --peers peers.tsv

The fastest of several runs counts, as there. Layouts are PyTorch's own defaults.
"""
import time

import torch
import torch.nn.functional as F


def seconds(body, runs=9, run_seconds=0.05):
    # One thread's own work is counted by its own clock.
    clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter
    repeats = 1
    while True:
        start = clock()
        for _ in range(repeats):
            body()
        taken = clock() - start
        if taken > run_seconds / 4:
            break
        repeats *= 2
    repeats = max(1, int(repeats * run_seconds / taken))
    least = float("inf")
    for _ in range(runs):
        start = clock()
        for _ in range(repeats):
            body()
        least = min(least, (clock() - start) / repeats)
    return least


def row(name, value):
    print(f"{name}\t{value:.6g}", flush=True)


def overhead():
    torch.set_num_threads(1)
    x, y = torch.tensor([1.0, 2, 3, 4]), torch.tensor([5.0, 6, 7, 8])
    matrix = torch.arange(8.0).reshape(2, 4)
    row("add of 4 floats", seconds(lambda: x + y) * 1e9)
    row("relu of 4 floats", seconds(lambda: torch.relu(x)) * 1e9)
    row("bias add [2, 4] + [4]", seconds(lambda: matrix + y) * 1e9)
    row("sum of 4 floats", seconds(lambda: x.sum()) * 1e9)
    row("reshape [4] to [2, 2]", seconds(lambda: x.reshape(2, 2)) * 1e9)
    z = x.clone().requires_grad_()
    row("add of 4 floats, taped", seconds(lambda: z + y) * 1e9)

    def chain():
        total = z
        for _ in range(1000):
            total = total + y
        total.sum().backward()

    row("add of 4 floats, taped and differentiated", seconds(chain) / 1000 * 1e9)


def products():
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for n in (512, 1024):
            x, y = torch.full((n, n), 0.5), torch.full((n, n), 0.25)
            row(f"product {n} x {n} x {n}, {threads}t", 2e-9 * n**3 / seconds(lambda: x @ y))
    torch.set_num_threads(1)
    x, y = torch.full((1, 784), 0.5), torch.full((784, 512), 0.25)
    row("product 1 x 784 x 512, beside limit", 2e-9 * 784 * 512 / seconds(lambda: x @ y))


def elementwise():
    x, other = torch.full((1 << 24,), 0.7), torch.full((1 << 24,), 0.3)
    y = torch.zeros_like(x)
    functions = {
        "relu": lambda: torch.clamp(x, min=0, out=y),
        "sqrt": lambda: torch.sqrt(x, out=y),
        "rsqrt": lambda: torch.rsqrt(x, out=y),
        "exp": lambda: torch.exp(x, out=y),
        "log": lambda: torch.log(x, out=y),
        "tanh": lambda: torch.tanh(x, out=y),
        "sigmoid": lambda: torch.sigmoid(x, out=y),
        "erf": lambda: torch.erf(x, out=y),
        "gelu": lambda: F.gelu(x),
        "gelu with tanh": lambda: F.gelu(x, approximate="tanh"),
        "add": lambda: torch.add(x, other, out=y),
        "multiply": lambda: torch.mul(x, other, out=y),
    }
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for name, body in functions.items():
            streams = 3 if name in ("add", "multiply") else 2
            row(f"{name}, out of cache, {threads}t", streams * x.numel() * 4e-9 / seconds(body, runs=5))


def convolutions():
    # name, batch, inputs, outputs, kernel, stride, extent, padding; as in Convolutions.swift.
    layers = [
        ("LeNet 1->6 5x5", 64, 1, 6, 5, 1, 28, 2),
        ("LeNet 6->16 5x5", 64, 6, 16, 5, 1, 14, 0),
        ("stem 3->64 7x7/2", 8, 3, 64, 7, 2, 224, 3),
        ("64->64 3x3", 8, 64, 64, 3, 1, 56, 1),
        ("256->64 1x1", 8, 256, 64, 1, 1, 56, 0),
        ("128->128 3x3", 8, 128, 128, 3, 1, 28, 1),
        ("256->256 3x3", 8, 256, 256, 3, 1, 14, 1),
        ("512->512 3x3", 8, 512, 512, 3, 1, 7, 1),
        ("128->128 3x3, one image", 1, 128, 128, 3, 1, 28, 1),
    ]
    for name, batch, inputs, outputs, kernel, stride, extent, padding in layers:
        x = torch.full((batch, inputs, extent, extent), 0.1, requires_grad=True)
        w = torch.full((outputs, inputs, kernel, kernel), 0.2, requires_grad=True)
        for threads in (1, 2):
            torch.set_num_threads(threads)
            with torch.no_grad():
                time = seconds(lambda: F.conv2d(x, w, stride=stride, padding=padding), runs=5)
            row(f"{name}, forward, {threads}t", time * 1e3)
            y = F.conv2d(x, w, stride=stride, padding=padding)
            dy = y.detach()
            time = seconds(lambda: torch.autograd.grad(y, [x, w], dy, retain_graph=True), runs=5)
            row(f"{name}, backward, {threads}t", time * 1e3)


def recurrences():
    for units, inputs, batch in [(256, 128, 1), (256, 128, 32), (128, 64, 64)]:
        x = torch.full((batch, 64, inputs), 0.1)
        for name, kind in (("LSTM", torch.nn.LSTM), ("GRU", torch.nn.GRU)):
            module = kind(inputs, units, batch_first=True)
            for threads in (1, 2):
                torch.set_num_threads(threads)
                label = f"{name}({units}) batch {batch}"
                with torch.no_grad():
                    time = seconds(lambda: module(x), runs=5)
                row(f"{label}, forward, {threads}t", time * 1e3)

                def both():
                    y = module(x)[0]
                    torch.autograd.grad(y, list(module.parameters()), y.detach())

                row(f"{label}, with gradients, {threads}t", seconds(both, runs=5) * 1e3)


for group in (overhead, products, elementwise, convolutions, recurrences):
    group()
