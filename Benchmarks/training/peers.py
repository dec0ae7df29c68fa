"""The figures of torch for the rows of the group `training`: a name, a tab, a number.

    pip install torch
    python Benchmarks/training/peers.py > peers.tsv
    .build/release/OperatorsBenchmark --peers peers.tsv training

The same networks, batches and optimizers, in microseconds, on one thread and on two. Each runs in a process of its own, since
it decides at its start how many threads it has. With `--jax` the figures are JAX's, of what is here in JAX.
"""
import os, subprocess, sys, time

if len(sys.argv) < 3:
    peer = "jax" if "--jax" in sys.argv else "torch"
    for threads in ("1", "2"):
        command = [sys.executable, os.path.abspath(__file__), peer, threads]
        # XLA sizes its pool by the cores it may run on.
        subprocess.run((["taskset", "-c", "0"] if threads == "1" else []) + command)
    sys.exit()

peer, threads = sys.argv[1], int(sys.argv[2])
os.environ["OMP_NUM_THREADS"] = str(threads)
os.environ["JAX_PLATFORMS"] = "cpu"


def report(name, body, runs=7, seconds=0.1):
    for _ in range(3):
        body()
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        body()
        count += 1
    least = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        for _ in range(max(1, count)):
            body()
        least = min(least, (time.perf_counter() - start) / max(1, count))
    print(f"{name}, {threads} thread{'s' if threads > 1 else ''}\t{least * 1e6:.6g}", flush=True)


def torch_rows():
    import torch
    from torch import nn
    torch.set_num_threads(threads)

    def block(inputs, outputs, stride):
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                norm = nn.BatchNorm2d
                self.body = nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), norm(outputs), nn.ReLU(),
                                          nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), norm(outputs))
                self.around = nn.Identity() if stride == 1 else nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), norm(outputs))

            def forward(self, x):
                return torch.relu(self.body(x) + self.around(x))
        return Block()

    class Recurrent(nn.Module):
        def __init__(self, inputs, units):
            super().__init__()
            self.lstm, self.out = nn.LSTM(inputs, units, batch_first=True), nn.Linear(units, 10)

        def forward(self, x):
            return self.out(self.lstm(x)[0][:, -1])

    tiny = lambda: nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
    mlp = lambda: nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
    lenet = lambda: nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
                                  nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
                                  nn.Linear(84, 10))

    def resnet():
        layers, inputs = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
        for outputs, stride in ((16, 1), (32, 2), (64, 2)):
            for index in range(3):
                layers.append(block(inputs, outputs, stride if index == 0 else 1))
                inputs = outputs
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))

    sgd = lambda p: torch.optim.SGD(p, lr=1e-4)
    momentum = lambda p: torch.optim.SGD(p, lr=1e-4, momentum=0.9)
    adam = lambda p: torch.optim.Adam(p, lr=1e-4)
    for name, make, shape, batch, classes, rule in [
        ("train tiny b32 SGD", tiny, (8,), 32, None, sgd), ("train mlp b128 Adam", mlp, (784,), 128, 10, adam),
        ("train LeNet b128 momentum", lenet, (1, 28, 28), 128, 10, momentum),
        ("train LSTM(128) seq 64 b64 Adam", lambda: Recurrent(64, 128), (64, 64), 64, 10, adam),
        ("train ResNet-20 b128 momentum", resnet, (3, 32, 32), 128, 10, momentum),
    ]:
        torch.manual_seed(0)
        model = make().train()
        optimizer, x = rule(model.parameters()), torch.randn(batch, *shape)
        y = torch.randint(0, classes, (batch,)) if classes else torch.randn(batch, 1)
        loss = nn.CrossEntropyLoss() if classes else nn.MSELoss()

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss(model(x), y).backward()
            optimizer.step()
        report(name, step)
    for name, make, shape, batch in [
        ("call tiny b1", tiny, (8,), 1), ("call mlp b1", mlp, (784,), 1), ("call mlp b64", mlp, (784,), 64),
        ("call LeNet b1", lenet, (1, 28, 28), 1), ("call LeNet b64", lenet, (1, 28, 28), 64),
        ("call LSTM(256) seq 64 b32", lambda: Recurrent(128, 256), (64, 128), 32),
    ]:
        model, x = make().eval(), torch.randn(batch, *shape)

        def call():
            with torch.inference_mode():
                model(x)
        report(name, call)


def jax_rows():
    import jax, jax.numpy as jnp, numpy as np, optax
    random = np.random.RandomState(0)
    draw = lambda *shape: jnp.asarray(random.randn(*shape).astype(np.float32) * 0.05)

    def net(parameters, x):
        for w, b in parameters[:-1]:
            x = jax.nn.relu(x @ w + b)
        return x @ parameters[-1][0] + parameters[-1][1]

    for name, sizes, batch, classes, rule in [("train tiny b32 SGD", [8, 16, 1], 32, None, optax.sgd(1e-4)),
                                              ("train mlp b128 Adam", [784, 512, 512, 10], 128, 10, optax.adam(1e-4))]:
        parameters = [(draw(a, b), jnp.zeros(b)) for a, b in zip(sizes, sizes[1:])]
        x = draw(batch, sizes[0])
        y = jnp.asarray(random.randint(0, classes, batch)) if classes else draw(batch, 1)
        if classes:
            loss = lambda p, x, y: optax.softmax_cross_entropy_with_integer_labels(net(p, x), y).mean()
        else:
            loss = lambda p, x, y: jnp.mean((net(p, x) - y) ** 2)

        def update(p, s, x, y, loss=loss, rule=rule):
            value, gradients = jax.value_and_grad(loss)(p, x, y)
            changes, s = rule.update(gradients, s, p)
            return optax.apply_updates(p, changes), s, value
        update = jax.jit(update, donate_argnums=(0, 1))
        state = [parameters, rule.init(parameters)]

        def step():
            state[0], state[1], value = update(state[0], state[1], x, y)
            value.block_until_ready()
        report(name, step)


{"torch": torch_rows, "jax": jax_rows}[peer]()
