"""JSON beside orjson and simdjson, turn by turn on the same bodies, one thread each.

    pip install numpy orjson pysimdjson          (pysimdjson is optional)
    swift build -c release --product FormatsBenchmark
    python Benchmarks/json/compare.py .build/release/FormatsBenchmark [rounds]

Bodies of a million numbers: `f9` the shortest text of float32, `f17` float32 widened to 17 digits (what json.dumps of a
list sends), `d17` uniform doubles, `rows` as f17 in a thousand rows with spaces. The best of all rounds counts for each: on
a machine that does other things too, the best is what repeats.
"""
import json, os, subprocess, sys, tempfile, time

import numpy as np
import orjson

driver, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
x = np.random.RandomState(0).randn(1_000_000).astype(np.float32)
bodies = {
    "f9": '{"inputs":[' + ",".join(str(v) for v in x) + "]}",
    "f17": json.dumps({"inputs": x.tolist()}, separators=(",", ":")),
    "d17": json.dumps({"inputs": np.random.RandomState(1).rand(1_000_000).tolist()}, separators=(",", ":")),
    "rows": json.dumps({"inputs": x.reshape(1000, 1000).tolist()}),
}
results = {}


def note(key, unit, value):
    results[key] = (max(value, results.get(key, (0,))[0]), unit)


def best(body, runs=7):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return min(times)


def peers(name, text):
    megabytes = len(text) / 1e6
    numbers = np.asarray(orjson.loads(text)["inputs"], dtype=np.float32)
    read = lambda: np.asarray(orjson.loads(text)["inputs"], dtype=np.float32)
    note((name, "read float32", "orjson + numpy"), "MB/s", megabytes / best(read))
    write = lambda: orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY)
    note((name, "write float32", "orjson"), "M/s", numbers.size / 1e6 / best(write))
    wide = numbers.astype(np.float64)
    write = lambda: orjson.dumps(wide, option=orjson.OPT_SERIALIZE_NUMPY)
    note((name, "write float64", "orjson"), "M/s", numbers.size / 1e6 / best(write))
    try:
        import simdjson
    except ImportError:
        return
    if name == "rows":
        return
    parser = simdjson.Parser()
    read = lambda: np.frombuffer(parser.parse(text)["inputs"].as_buffer(of_type="d"), dtype=np.float64)
    note((name, "read float64", "simdjson"), "MB/s", megabytes / best(read))


with tempfile.TemporaryDirectory() as folder:
    for name, text in bodies.items():
        with open(f"{folder}/{name}.json", "w") as file:
            file.write(text)
    for _ in range(rounds):
        for name, text in bodies.items():
            peers(name, text.encode())
            output = subprocess.run([driver, "json", f"{folder}/{name}.json"], capture_output=True, text=True, check=True)
            for line in output.stdout.splitlines():
                what, rates, _, numbers, _ = line.split("\t")
                if what.startswith("read"):
                    note((name, what, "Strata"), "MB/s", float(rates.split()[-1]))
                else:
                    bytes_written = float(rates.split()[-1]) / float(rates.split()[1]) * float(numbers)
                    note((name, what, "Strata"), "M/s", bytes_written)
print("| body | work | who | best |\n| --- | --- | --- | --- |")
for (name, what, who), (value, unit) in sorted(results.items()):
    print(f"| {name} | {what} | {who} | {value:.1f} {unit} |")
