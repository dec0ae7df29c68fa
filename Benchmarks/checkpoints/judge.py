"""TensorFlow, safetensors and NumPy read what a server saves and hands out, and it takes what they write.

    pip install tensorflow-cpu safetensors numpy
    swift build -c release --product strata
    python3 Benchmarks/checkpoints/judge.py .build/release/strata

Prints one line for each claim; exits with 1 if one does not hold.
"""
import io, os, shutil, sys, tarfile, tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import safetensors.numpy
import tensorflow as tf

from server import Claims, Server

strata = os.path.abspath(sys.argv[1])
claim = Claims()


def same(found, expected):
    return sorted(found) == sorted(expected) and all(
        np.asarray(found[name]).dtype == value.dtype and np.array_equal(found[name], value)
        for name, value in expected.items())


root = tempfile.mkdtemp()
server = Server(strata, root + "/data")
folder = root + "/data/models/net/checkpoints"
model = {
    "class_name": "Sequential", "seed": 5,
    "config": {"layers": [
        {"class_name": "Dense", "config": {"units": 16, "activation": "relu", "input_shape": [8]}},
        {"class_name": "BatchNormalization", "config": {}},
        {"class_name": "Dense", "config": {"units": 1}}]},
    "training": {"optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.01}}, "loss": "mean_squared_error"},
}
assert server("PUT", "/models/net", model)[0] == 201
random = np.random.default_rng(1)
for _ in range(3):
    batch = {"inputs": random.normal(size=(4, 8)).tolist(), "targets": random.normal(size=(4, 1)).tolist()}
    status, body = server("POST", "/models/net/train", batch)
    assert status == 200, body
status, body = server("POST", "/models/net/checkpoints", {"id": "net-3"})
claim("a trained model is saved", status == 201, body)
variables = {
    variable["name"][:-2]: np.array(variable["value"], np.float32).reshape(variable["shape"])
    for variable in server.json("/models/net/variables?values=true")["variables"]}

# What it saves.
prefix = tf.train.latest_checkpoint(folder)
claim("TensorFlow finds the latest", prefix == folder + "/net-3", prefix)
reader = tf.train.load_checkpoint(prefix)
saved = {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
claim("TensorFlow reads the variables", all(np.array_equal(saved[name], value) for name, value in variables.items()))
claim("the step is an int64", saved["global_step"].dtype == np.int64 and saved["global_step"] == 3)
slots = sorted(set(saved) - set(variables) - {"global_step"})
claim("and the optimizer's slots", {"net/dense/kernel/Adam", "net/dense/kernel/Adam_1"} <= set(slots), slots)

# What it hands out.
get = lambda id, form: server("GET", f"/models/net/checkpoints/{id}", accept=form)[1]
claim("safetensors reads a download", same(safetensors.numpy.load(get("net-3", "application/vnd.safetensors")), saved))
claim("NumPy reads a download", same(dict(np.load(io.BytesIO(get("net-3", "application/x-npz")))), saved))
with tarfile.open(fileobj=io.BytesIO(get("net-3", "application/x-tar"))) as archive:
    archive.extractall(root + "/untarred", filter="data")
reader = tf.train.load_checkpoint(tf.train.latest_checkpoint(root + "/untarred"))
claim("TensorFlow reads a download", same({name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}, saved))

# What it takes.
theirs = {name: random.normal(size=value.shape).astype(np.float32) for name, value in variables.items()}
theirs["global_step"] = np.array(77, np.int64)


def restored():
    found = {
        variable["name"][:-2]: np.array(variable["value"], np.float32).reshape(variable["shape"])
        for variable in server.json("/models/net/variables?values=true")["variables"]}
    return found | {"global_step": np.array(server.json("/models/net")["step"], np.int64)}


def taken(what, id, form=None, file=None):
    if file is not None:
        status, body = server("PUT", f"/models/net/checkpoints/{id}", file, content_type=form)
        if status != 201:
            return claim(what, False, status, body)
    assert server("POST", "/models/net/restore", {"checkpoint": "net-3"})[0] == 200
    status, body = server("POST", "/models/net/restore", {"checkpoint": id})
    claim(what, status == 200 and same(restored(), theirs), status, body)
    again = get(id, "application/vnd.safetensors")
    claim("  and handed out again", same(safetensors.numpy.load(again), theirs))


names = list(theirs)
tf.raw_ops.SaveV2(
    prefix=root + "/theirs/model.ckpt-77", tensor_names=names, shape_and_slices=[""] * len(names),
    tensors=[tf.constant(theirs[name]) for name in names])
for file in os.listdir(root + "/theirs"):
    shutil.copy(f"{root}/theirs/{file}", folder)
taken("TensorFlow's files copied in are restored", "model.ckpt-77")
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as tar:
    tar.add(root + "/theirs", "theirs")
taken("TensorFlow's files in a tar are taken", "tar", "application/x-tar", archive.getvalue())
taken("safetensors' file is taken", "safe", "application/vnd.safetensors", safetensors.numpy.save(theirs))
for name, save in [("stored", np.savez), ("deflated", np.savez_compressed)]:
    file = io.BytesIO()
    save(file, **theirs)
    taken(f"NumPy's file is taken, {name}", name, "application/x-npz", file.getvalue())
swapped = io.BytesIO()
np.savez(swapped, **{name: value.astype(value.dtype.newbyteorder(">"), order="F") for name, value in theirs.items()})
taken("NumPy's file is taken, big-endian and in Fortran's order", "odd", "application/x-npz", swapped.getvalue())

# What was damaged on the way.
wrong = []
for form in ["application/vnd.safetensors", "application/x-npz", "application/x-tar"]:
    original = get("safe", form)
    assert server("PUT", "/models/net/checkpoints/spoiled", original, content_type=form)[0] == 201
    values = safetensors.numpy.load(get("spoiled", "application/vnd.safetensors"))
    assert server("DELETE", "/models/net/checkpoints/spoiled")[0] == 204
    step = max(1, len(original) // 1500)
    for place in range(0, len(original), step):
        spoiled = bytearray(original)
        spoiled[place] ^= 1 << (place % 8)
        status, body = server("PUT", "/models/net/checkpoints/spoiled", bytes(spoiled), content_type=form)
        if status == 201:
            # Harmless, or nothing is: a time stamp, padding.
            if not same(safetensors.numpy.load(get("spoiled", "application/vnd.safetensors")), values):
                wrong.append((form, place))
            server("DELETE", "/models/net/checkpoints/spoiled")
        elif not 400 <= status < 500:
            wrong.append((form, place, status, body))
claim("a flipped bit of an upload is refused or harmless", not wrong, wrong[:5])
server.stop()
shutil.rmtree(root)
sys.exit(claim.failures > 0)
