"""Lets the programs that own the formats read what we write, and us what they write.

    pip install numpy safetensors ml_dtypes tensorflow-cpu tensorboard     (each is optional)
    swift build -c release --product FormatsBenchmark
    python judge.py .build/release/FormatsBenchmark

Prints one line for each form; exits with 1 if anything differs.
"""
import glob, os, subprocess, sys, tarfile, tempfile

import numpy as np

driver = sys.argv[1]
failures = 0


def check(name, ok):
    global failures
    failures += not ok
    print(("ok        " if ok else "DIFFERENT ") + name)


def expected():
    """The tensors of Interchange.samples()."""
    tensors = {}
    for name in "float32 float64 float16 int8 int16 int32 int64 uint8 uint16 uint32 uint64".split():
        tensors["t_" + name] = np.arange(6).astype(name).reshape(2, 3)
    tensors["t_bool"] = (np.arange(6) % 2 == 1).reshape(2, 3)
    tensors["scalar"] = np.float32(-2.5)
    tensors["empty"] = np.zeros((0, 4))
    return tensors


def bfloat16():
    import ml_dtypes

    return np.arange(6).astype(ml_dtypes.bfloat16).reshape(2, 3)


def same(left, right):
    left, right = np.asarray(left), np.asarray(right)
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


def judge_numpy(folder):
    for file in ["tensors.npz", "deflated.npz", "export.npz"]:
        with np.load(f"{folder}/{file}") as found:
            ok = all(same(found[name], value) for name, value in expected().items())
            ok = ok and found["t_bfloat16"].tobytes() == bfloat16().tobytes()
            check(f"numpy reads {file}", ok and len(found.files) == len(expected()) + 1)
    ok = all(same(np.load(f"{folder}/{name}.npy"), value) for name, value in expected().items())
    check("numpy reads .npy", ok)


def judge_safetensors(folder):
    from safetensors.numpy import load_file
    for file in ["tensors.safetensors", "export.safetensors"]:
        found = load_file(f"{folder}/{file}")
        check(f"safetensors reads {file}", all(same(found[name], value) for name, value in expected().items()))


def judge_tensorflow(folder):
    import tensorflow as tf

    with tarfile.open(f"{folder}/export.tar") as archive:
        archive.extractall(f"{folder}/untarred", filter="data")
    for prefix in [f"{folder}/bundle/all-1", f"{folder}/bundle/all-2", tf.train.latest_checkpoint(f"{folder}/untarred")]:
        reader = tf.train.load_checkpoint(prefix)
        ok = all(same(reader.get_tensor(name), value) for name, value in expected().items())
        ok = ok and same(reader.get_tensor("t_bfloat16"), bfloat16())
        check(f"TensorFlow reads {os.path.basename(prefix)}", ok and len(tf.train.list_variables(prefix)) == 15)
    reader = tf.train.load_checkpoint(f"{folder}/bundle/many")
    ok = all(reader.get_tensor(f"block_{i}/kernel") == i / 2 for i in range(9000))
    check("TensorFlow reads 9000 tensors", ok)
    reader = tf.train.load_checkpoint(f"{folder}/bundle/odd")
    ok = same(reader.get_tensor("parts"), np.arange(24, dtype=np.float32).reshape(6, 4))
    ok = ok and list(reader.get_tensor("text")) == [b"hello", b"", b"\x00\xff"]
    check("TensorFlow reads parts, strings and complex", ok and same(reader.get_tensor("wave"), np.array([1 + 2j], np.complex64)))
    check("TensorFlow finds the latest", tf.train.latest_checkpoint(f"{folder}/bundle").endswith("/odd"))


def judge_tensorboard(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(glob.glob(f"{folder}/events.out.tfevents.*")[0])
    log.Reload()
    scalars = [(event.step, np.float32(event.value)) for event in log.Scalars("loss")]
    check("TensorBoard reads scalars", scalars == [(step, np.float32(1 / step)) for step in (1, 2, 3)])
    histogram = log.Histograms("kernel")[0].histogram_value
    check("TensorBoard reads histograms", (histogram.num, histogram.min, sum(histogram.bucket)) == (1000, -5, 1000))


def write_theirs(folder):
    tensors = expected()
    np.savez(f"{folder}/numpy.npz", t_bfloat16=bfloat16(), **tensors)
    np.savez_compressed(f"{folder}/deflated.npz", t_bfloat16=bfloat16(), **tensors)
    swapped = {name: value.astype(value.dtype.newbyteorder(">")) for name, value in tensors.items()}
    np.savez(f"{folder}/bigendian.npz", t_bfloat16=bfloat16(), **swapped)
    fortran = {name: np.asfortranarray(value) if np.ndim(value) else value for name, value in tensors.items()}
    np.savez_compressed(f"{folder}/fortran.npz", t_bfloat16=bfloat16(), **fortran)
    try:
        from safetensors.numpy import save_file

        save_file({name: np.asarray(value) for name, value in tensors.items()}, f"{folder}/theirs.safetensors", {"a": "b"})
    except ImportError:
        pass
    try:
        import tensorflow as tf
    except ImportError:
        return
    names = list(tensors) + ["t_bfloat16"]
    values = [tf.constant(tensors[name] if name in tensors else bfloat16()) for name in names]
    tf.raw_ops.SaveV2(prefix=f"{folder}/tf", tensor_names=names, shape_and_slices=[""] * len(names), tensors=values)
    for form in ["USTAR", "GNU", "PAX"]:
        with tarfile.open(f"{folder}/{form.lower()}.tar", "w", format=getattr(tarfile, form + "_FORMAT")) as archive:
            archive.add(folder, "checkpoints", filter=lambda member: member if member.isdir() or "tf." in member.name else None)


with tempfile.TemporaryDirectory() as folder:
    subprocess.run([driver, "write", folder], check=True)
    for judge in [judge_numpy, judge_safetensors, judge_tensorflow, judge_tensorboard]:
        try:
            judge(folder)
        except ImportError as missing:
            print(f"skipped   {judge.__name__}: {missing}")
with tempfile.TemporaryDirectory() as folder:
    write_theirs(folder)
    lines = subprocess.run([driver, "read", folder], check=True, capture_output=True, text=True).stdout.splitlines()
    for line in lines:
        count = len(expected()) + ("safetensors" not in line)
        check("we read " + line, line.endswith("as expected") and f": {count} of" in line)
sys.exit(failures > 0)
