"""Writes further golden cases, of arguments that the cases in Tests/Golden leave out, with TensorFlow 2.15.

    pip install tensorflow-cpu==2.15.1 'numpy<2'; python generate.py
"""
import json, os, struct, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1
here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(7)


class Group:
    def __init__(self, name):
        self.name, self.cases, self.tensors = name, [], {}

    def tensor(self, name, value):
        value = np.asarray(value)
        if value.dtype == bool:
            value = value.astype(np.uint8)
        self.tensors[name] = value
        return name

    def write(self):
        codes = {"float32": "F32", "float64": "F64", "int32": "I32", "int64": "I64", "uint8": "U8"}
        header, data = {}, b""
        for name, value in self.tensors.items():
            raw = value.tobytes()
            header[name] = {"dtype": codes[value.dtype.name], "shape": list(value.shape),
                            "data_offsets": [len(data), len(data) + len(raw)]}
            data += raw
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(f"{here}/{self.name}.safetensors", "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text + data)
        with open(f"{here}/{self.name}.json", "w") as file:
            json.dump({"format": "goldens/1", "group": self.name, "set": "further",
                       "tensors": f"{self.name}.safetensors", "generated_with": f"tensorflow {tf.__version__}",
                       "case_count": len(self.cases), "cases": self.cases}, file, indent=0)


def normal(*shape):
    return random.normal(size=shape).astype(np.float32)


def chances(*shape):
    return random.uniform(size=shape).astype(np.float32)


def bits(*shape):
    return (random.uniform(size=shape) < 0.5).astype(np.float32)


def simplex(*shape):
    x = random.uniform(0.05, 1, size=shape)
    return (x / x.sum(-1, keepdims=True)).astype(np.float32)


def one_hot(rows, classes):
    return np.eye(classes, dtype=np.float32)[random.integers(classes, size=rows)]


# MARK: Losses

def losses():
    group = Group("losses")

    def add(id, api, name, config, y, p, w, run):
        case = {"id": id, "api": api, "loss": name, "config": config, "y_true": group.tensor(id + "/y", y),
                "y_pred": group.tensor(id + "/p", p), "weights": None if w is None else group.tensor(id + "/w", w)}
        for suffix, dtype in (("", tf.float32), ("_f64", tf.float64)):
            x = tf.constant(p, dtype)
            labels = tf.constant(y, dtype) if y.dtype == np.float32 else tf.constant(y)
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = run(labels, x, None if w is None else tf.constant(w, dtype))
                total = tf.reduce_sum(value)
            gradient = tape.gradient(total, x)
            case["d_pred" + suffix] = group.tensor(id + "/d" + suffix, tf.convert_to_tensor(gradient).numpy())
            if value.shape.rank:
                case["value_tensor" + suffix] = group.tensor(id + "/v" + suffix, value.numpy())
            else:
                case["value" + suffix] = float(value)
        group.cases.append(case)

    shapes = [("scalar", ()), ("example", (4, 1)), ("element", (4, 3)), ("column", (1, 3))]
    for name in ["mean_squared_error", "absolute_difference", "huber_loss", "log_loss", "hinge_loss", "sigmoid_cross_entropy"]:
        for reduction in ["weighted_sum_by_nonzero_weights", "weighted_mean", "weighted_sum", "none", "weighted_sum_over_batch_size"]:
            for weight, shape in shapes:
                w = np.asarray(random.integers(0, 3, size=shape) if shape else 0.7, np.float32)
                y = bits(4, 3) if name in ("log_loss", "hinge_loss", "sigmoid_cross_entropy") else normal(4, 3)
                p = chances(4, 3) * 0.9 + 0.05 if name == "log_loss" else normal(4, 3)
                label = {"none": "NONE", "weighted_sum": "SUM", "weighted_mean": "MEAN",
                         "weighted_sum_by_nonzero_weights": "SUM_BY_NONZERO_WEIGHTS",
                         "weighted_sum_over_batch_size": "SUM_OVER_BATCH_SIZE"}[reduction]
                add(f"tf_{name}_{label}_{weight}", "tf.losses", name, {"reduction": label}, y, p, w,
                    lambda y, p, w, r=reduction, n=name: getattr(tf1.losses, n)(y, p, weights=w, reduction=r))
    for weight, shape in [("scalar", ()), ("example", (4,)), ("zeros", (4,))]:
        w = np.asarray(random.uniform(size=shape) if shape else 0.7, np.float32) * (0 if weight == "zeros" else 1)
        add(f"tf_softmax_{weight}", "tf.losses", "softmax_cross_entropy", {"label_smoothing": 0.2}, one_hot(4, 3), normal(4, 3), w,
            lambda y, p, w: tf1.losses.softmax_cross_entropy(y, p, weights=w, label_smoothing=0.2))
        add(f"tf_sparse_{weight}", "tf.losses", "sparse_softmax_cross_entropy", {}, random.integers(3, size=4), normal(4, 3), w,
            lambda y, p, w: tf1.losses.sparse_softmax_cross_entropy(y, p, weights=w))
    add("tf_sparse_rank3", "tf.losses", "sparse_softmax_cross_entropy", {}, random.integers(3, size=(2, 4)), normal(2, 4, 3),
        chances(2, 4), lambda y, p, w: tf1.losses.sparse_softmax_cross_entropy(y, p, weights=w))
    add("tf_cosine_axis0", "tf.losses", "cosine_distance", {"axis": 0}, normal(4, 3), normal(4, 3), None,
        lambda y, p, w: tf1.losses.cosine_distance(y, p, axis=0))
    add("tf_huber_2", "tf.losses", "huber_loss", {"delta": 2.0}, normal(4, 3) * 3, normal(4, 3) * 3, None,
        lambda y, p, w: tf1.losses.huber_loss(y, p, delta=2.0))

    K = tf.keras.losses
    kinds = {
        "MeanSquaredError": ({}, "real"), "MeanAbsoluteError": ({}, "real"), "MeanAbsolutePercentageError": ({}, "real"),
        "MeanSquaredLogarithmicError": ({}, "positive"), "BinaryCrossentropy": ({"label_smoothing": 0.1}, "bits"),
        "CategoricalCrossentropy": ({"label_smoothing": 0.1}, "simplex"), "SparseCategoricalCrossentropy": ({}, "sparse"),
        "KLDivergence": ({}, "simplex"), "Poisson": ({}, "positive"), "Huber": ({"delta": 0.3}, "real"),
        "LogCosh": ({}, "real"), "Hinge": ({}, "signs"), "SquaredHinge": ({}, "bits"), "CategoricalHinge": ({}, "simplex"),
        "CosineSimilarity": ({"axis": 1}, "real"),
        "BinaryFocalCrossentropy": ({"gamma": 1.5, "apply_class_balancing": True, "alpha": 0.3, "label_smoothing": 0.1}, "bits"),
        "CategoricalFocalCrossentropy": ({"alpha": 0.5, "gamma": 1.0, "label_smoothing": 0.1}, "simplex"),
    }
    data = {
        "real": lambda s: (normal(*s), normal(*s)), "positive": lambda s: (chances(*s) * 3, chances(*s) * 3 + 0.1),
        "bits": lambda s: (bits(*s), chances(*s) * 0.9 + 0.05), "signs": lambda s: (bits(*s) * 2 - 1, normal(*s)),
        "simplex": lambda s: (simplex(*s), simplex(*s)),
        "sparse": lambda s: (random.integers(s[-1], size=s[:-1]), simplex(*s)),
    }
    for name, (config, kind) in kinds.items():
        for shape in [(4, 3), (2, 3, 4)]:
            for reduction in ["sum_over_batch_size", "sum", "none"]:
                for weight in ["scalar", "example", "full"]:
                    if reduction == "none" and weight == "scalar":
                        continue
                    y, p = data[kind](shape)
                    lead = shape[:-1] if not (name == "CosineSimilarity" and len(shape) == 3) else (2, 4)
                    w = np.asarray({"scalar": 0.6, "example": random.uniform(size=(lead[0],) + (1,) * (len(lead) - 1)),
                                    "full": random.uniform(size=lead)}[weight], np.float32)
                    loss = getattr(K, name)(reduction=reduction, **config)
                    add(f"k_{name}_{len(shape)}_{reduction}_{weight}", "keras", name, {**config, "reduction": reduction}, y, p, w,
                        lambda y, p, w, loss=loss: loss(y, p, sample_weight=w))
    for logits in [False, True]:
        y, p = random.integers(-1, 3, size=6), normal(6, 3) if logits else simplex(6, 3)
        config = {"from_logits": logits, "ignore_class": -1}
        for weight in [None, chances(6)]:
            loss = K.SparseCategoricalCrossentropy(**config)
            add(f"k_sparse_ignore_{logits}_{weight is not None}", "keras", "SparseCategoricalCrossentropy", config, y, p, weight,
                lambda y, p, w, loss=loss: loss(y, p, sample_weight=w))
    for name, config in [("BinaryFocalCrossentropy", {"from_logits": True}), ("CategoricalFocalCrossentropy", {"from_logits": True})]:
        y, p = (bits(4, 3), normal(4, 3)) if name.startswith("B") else (one_hot(4, 3), normal(4, 3))
        loss = getattr(K, name)(**config)
        add(f"k_{name}_logits", "keras", name, config, y, p, None, lambda y, p, w, loss=loss: loss(y, p))
    group.write()


# MARK: Metrics

def metrics():
    group = Group("metrics")
    M = tf.keras.metrics

    def add(id, api, name, config, batches, make=None):
        case = {"id": id, "api": api, "metric": name, "config": config, "batches": [], "results": []}
        for index, (args, w) in enumerate(batches):
            case["batches"].append({
                "args": [group.tensor(f"{id}/b{index}_a{n}", a) for n, a in enumerate(args)],
                "sample_weight": None if w is None else group.tensor(f"{id}/b{index}_w", w)})
        if api == "keras":
            metric = (make or getattr(M, name))(**config)
            for args, w in batches:
                metric.update_state(*args, sample_weight=w)
                case["results"].append(np.asarray(metric.result()).astype(float).tolist())
        else:
            with tf.Graph().as_default(), tf1.Session() as session:
                places = [tf1.placeholder(a.dtype, a.shape) for a in batches[0][0]]
                w = batches[0][1]
                weight = None if w is None else tf1.placeholder(w.dtype, w.shape)
                given = dict(config)
                value, update = getattr(tf1.metrics, name)(*places, weights=weight, **given)
                session.run(tf1.local_variables_initializer())
                for args, w in batches:
                    feed = dict(zip(places, args))
                    if w is not None:
                        feed[weight] = w
                    session.run(update, feed)
                    case["results"].append(np.asarray(session.run(value)).astype(float).tolist())
        if not np.isnan(np.concatenate([np.ravel(r) for r in case["results"]])).any():
            group.cases.append(case)

    def three(make, weight=None):
        return [(make(), None if weight is None else weight()) for _ in range(3)]

    pairs = lambda *s: (bits(*s), chances(*s))
    for w, weight in [("", None), ("_w", lambda: chances(6))]:
        add("precision_thresholds" + w, "keras", "Precision", {"thresholds": [0.2, 0.5, 0.8]}, three(lambda: pairs(6), weight))
        add("recall_thresholds" + w, "keras", "Recall", {"thresholds": [0.8, 0.1]}, three(lambda: pairs(6), weight))
        add("tp_thresholds" + w, "keras", "TruePositives", {"thresholds": [0.3, 0.6]}, three(lambda: pairs(6), weight))
        add("fn_even" + w, "keras", "FalseNegatives", {"thresholds": [0.0, 0.5, 1.0]}, three(lambda: pairs(6), weight))
        for k in [1, 2]:
            add(f"precision_top{k}" + w, "keras", "Precision", {"top_k": k}, three(lambda: (one_hot(6, 4), simplex(6, 4)), weight))
            add(f"recall_top{k}_class" + w, "keras", "Recall", {"top_k": k, "class_id": 1}, three(lambda: (one_hot(6, 4), simplex(6, 4)), weight))
        add("precision_class" + w, "keras", "Precision", {"class_id": 2, "thresholds": 0.3}, three(lambda: (one_hot(6, 4), simplex(6, 4)), weight))
        for curve in ["ROC", "PR"]:
            for method in ["interpolation", "minoring", "majoring"]:
                add(f"auc_{curve}_{method}" + w, "keras", "AUC", {"curve": curve, "summation_method": method},
                    three(lambda: pairs(6), weight))
            add(f"auc_{curve}_thresholds" + w, "keras", "AUC", {"curve": curve, "thresholds": [0.7, 0.2, 0.4]}, three(lambda: pairs(6), weight))
            add(f"auc_{curve}_multi" + w, "keras", "AUC", {"curve": curve, "multi_label": True, "num_thresholds": 10},
                three(lambda: pairs(6, 3), weight))
            add(f"auc_{curve}_weighted" + w, "keras", "AUC",
                {"curve": curve, "multi_label": True, "num_labels": 3, "label_weights": [1.0, 2.0, 0.5]}, three(lambda: pairs(6, 3), weight))
        add("auc_logits" + w, "keras", "AUC", {"from_logits": True}, three(lambda: (bits(6), normal(6)), weight))
        add("spec_at_sens" + w, "keras", "SpecificityAtSensitivity", {"sensitivity": 0.6}, three(lambda: pairs(6), weight))
        add("prec_at_recall" + w, "keras", "PrecisionAtRecall", {"recall": 0.6, "num_thresholds": 20}, three(lambda: pairs(6), weight))
        add("recall_at_prec" + w, "keras", "RecallAtPrecision", {"precision": 0.6}, three(lambda: pairs(6), weight))
        add("sens_one" + w, "keras", "SensitivityAtSpecificity", {"specificity": 0.4, "num_thresholds": 1}, three(lambda: pairs(6), weight))
        add("iou" + w, "keras", "IoU", {"num_classes": 4, "target_class_ids": [0, 2]}, three(lambda: (random.integers(4, size=6), random.integers(4, size=6)), weight))
        add("miou_ignore" + w, "keras", "MeanIoU", {"num_classes": 3, "ignore_class": 2}, three(lambda: (random.integers(3, size=6), random.integers(2, size=6)), weight))
        add("binary_iou" + w, "keras", "BinaryIoU", {"threshold": 0.4, "target_class_ids": [1]}, three(lambda: pairs(6), weight))
        add("onehot_iou" + w, "keras", "OneHotIoU", {"num_classes": 3, "target_class_ids": [1]}, three(lambda: (one_hot(6, 3), simplex(6, 3)), weight))
        add("onehot_miou" + w, "keras", "OneHotMeanIoU", {"num_classes": 3}, three(lambda: (one_hot(6, 3), simplex(6, 3)), weight))
        for average in [None, "micro", "macro", "weighted"]:
            add(f"f1_{average}" + w, "keras", "F1Score", {"average": average}, three(lambda: (one_hot(6, 3), simplex(6, 3)), weight))
            add(f"fbeta_{average}" + w, "keras", "FBetaScore", {"average": average, "beta": 2.0, "threshold": 0.4},
                three(lambda: (bits(6, 3), chances(6, 3)), weight))
        add("r2" + w, "keras", "R2Score", {}, three(lambda: (normal(6, 2), normal(6, 2)), weight))
        add("r2_variance" + w, "keras", "R2Score", {"class_aggregation": "variance_weighted_average", "num_regressors": 2},
            three(lambda: (normal(6, 2), normal(6, 2)), weight))
        add("r2_none" + w, "keras", "R2Score", {"class_aggregation": None}, three(lambda: (normal(6, 2), normal(6, 2)), weight))
        add("relative" + w, "keras", "MeanRelativeError", {"normalizer": [1.0, 2.0, 0.0, 4.0, 0.5, 1.5]}, three(lambda: (normal(6), normal(6)), weight))
        add("binary_ce_logits" + w, "keras", "BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, three(lambda: (bits(6, 2), normal(6, 2)), weight))
        add("sparse_ce_ignore" + w, "keras", "SparseCategoricalCrossentropy", {"ignore_class": 1}, three(lambda: (random.integers(3, size=6), simplex(6, 3)), weight))
        add("cosine_axis" + w, "keras", "CosineSimilarity", {"axis": 1}, three(lambda: (normal(6, 3), normal(6, 3)), weight))
        add("top1" + w, "keras", "TopKCategoricalAccuracy", {"k": 1}, three(lambda: (one_hot(6, 4), simplex(6, 4)), weight))
        add("sparse_top_ties" + w, "keras", "SparseTopKCategoricalAccuracy", {"k": 2}, three(lambda: (random.integers(4, size=6), np.round(simplex(6, 4) * 4).astype(np.float32)), weight))
        add("sparse_accuracy_column" + w, "keras", "SparseCategoricalAccuracy", {}, three(lambda: (random.integers(4, size=(6, 1)), simplex(6, 4)), weight))
        add("binary_accuracy_wide" + w, "keras", "BinaryAccuracy", {"threshold": 0.3}, three(lambda: pairs(6, 3), weight))
        add("accuracy_wide" + w, "keras", "Accuracy", {}, three(lambda: (random.integers(2, size=(6, 2)), random.integers(2, size=(6, 2))), weight))
        add("mse_rank3" + w, "keras", "MeanSquaredError", {}, three(lambda: (normal(6, 2, 3), normal(6, 2, 3)), weight))
        add("mean_rank2" + w, "keras", "Mean", {}, three(lambda: (normal(6, 2),), weight))

        add("tf_precision_thresholds" + w, "tf.metrics", "precision_at_thresholds", {"thresholds": [0.2, 0.7]}, three(lambda: pairs(6), weight))
        add("tf_recall_thresholds" + w, "tf.metrics", "recall_at_thresholds", {"thresholds": [0.2, 0.7]}, three(lambda: pairs(6), weight))
        for cell in ["true_positives", "false_positives", "true_negatives", "false_negatives"]:
            add(f"tf_{cell}" + w, "tf.metrics", cell, {}, three(lambda: (random.integers(2, size=6), random.integers(2, size=6)), weight))
            add(f"tf_{cell}_thresholds" + w, "tf.metrics", cell + "_at_thresholds", {"thresholds": [0.3, 0.6]}, three(lambda: pairs(6), weight))
        for curve in ["ROC", "PR"]:
            for method in ["trapezoidal", "minoring", "majoring", "careful_interpolation"]:
                add(f"tf_auc_{curve}_{method}" + w, "tf.metrics", "auc",
                    {"num_thresholds": 25, "curve": curve, "summation_method": method}, three(lambda: pairs(6), weight))
        add("tf_sens" + w, "tf.metrics", "sensitivity_at_specificity", {"specificity": 0.6}, three(lambda: pairs(6), weight))
        add("tf_spec" + w, "tf.metrics", "specificity_at_sensitivity", {"sensitivity": 0.6}, three(lambda: pairs(6), weight))
        add("tf_per_class" + w, "tf.metrics", "mean_per_class_accuracy", {"num_classes": 3}, three(lambda: (random.integers(3, size=6), random.integers(3, size=6)), weight))
        add("tf_miou" + w, "tf.metrics", "mean_iou", {"num_classes": 4}, three(lambda: (random.integers(3, size=6), random.integers(3, size=6)), weight))
        add("tf_rmse" + w, "tf.metrics", "root_mean_squared_error", {}, three(lambda: (normal(6), normal(6)), weight))
        for k in [1, 3]:
            for c in [None, 1]:
                config = {"k": k} if c is None else {"k": k, "class_id": c}
                add(f"tf_precision_at_{k}_{c}" + w, "tf.metrics", "precision_at_k", config, three(lambda: (random.integers(5, size=(6, 2)), simplex(6, 5)), weight))
                add(f"tf_recall_at_{k}_{c}" + w, "tf.metrics", "recall_at_k", config, three(lambda: (random.integers(5, size=(6, 1)), simplex(6, 5)), weight))
            add(f"tf_average_precision_{k}" + w, "tf.metrics", "average_precision_at_k", {"k": k}, three(lambda: (random.permuted(np.tile(np.arange(5), (6, 1)), axis=1)[:, :2], simplex(6, 5)), weight))
        add("tf_precision_top" + w, "tf.metrics", "precision_at_top_k", {}, three(lambda: (random.integers(5, size=(6, 2)), random.permuted(np.tile(np.arange(5), (6, 1)), axis=1)[:, :2]), weight))
        add("tf_recall_top" + w, "tf.metrics", "recall_at_top_k", {}, three(lambda: (random.integers(5, size=(6, 2)), random.permuted(np.tile(np.arange(5), (6, 1)), axis=1)[:, :2]), weight))
    column = lambda: chances(6, 1)
    full = lambda: chances(6, 2)
    for w, weight in [("", None), ("_column", column), ("_full", full)]:
        add("tf_mse_wide" + w, "tf.metrics", "mean_squared_error", {}, three(lambda: (normal(6, 2), normal(6, 2)), weight))
        add("tf_mae_wide" + w, "tf.metrics", "mean_absolute_error", {}, three(lambda: (normal(6, 2), normal(6, 2)), weight))
        add("tf_mean_wide" + w, "tf.metrics", "mean", {}, three(lambda: (normal(6, 2),), weight))
        add("tf_mean_tensor" + w, "tf.metrics", "mean_tensor", {}, three(lambda: (normal(6, 2),), weight))
        add("tf_below" + w, "tf.metrics", "percentage_below", {"threshold": 0.3}, three(lambda: (normal(6, 2),), weight))
        add("tf_accuracy_wide" + w, "tf.metrics", "accuracy", {}, three(lambda: (random.integers(2, size=(6, 2)), random.integers(2, size=(6, 2))), weight))
        add("rmse_wide" + w, "keras", "RootMeanSquaredError", {}, three(lambda: (normal(6, 2), normal(6, 2)), weight))
        add("mean_tensor" + w, "keras", "MeanTensor", {}, three(lambda: (normal(6, 2),), weight))
        add("precision_wide" + w, "keras", "Precision", {}, three(lambda: pairs(6, 2), weight))
        add("tf_precision_wide" + w, "tf.metrics", "precision", {}, three(lambda: (random.integers(2, size=(6, 2)), random.integers(2, size=(6, 2))), weight))
    for w, weight in [("", None), ("_column", column)]:
        add("tf_cosine" + w, "tf.metrics", "mean_cosine_distance", {"dim": 1}, three(lambda: (normal(6, 2), normal(6, 2)), weight))
    scalar = lambda: np.float32(0.3 + random.uniform())
    add("mse_scalar_weight", "keras", "MeanSquaredError", {}, three(lambda: (normal(6, 2), normal(6, 2)), scalar))
    add("mean_scalar_weight", "keras", "Mean", {}, three(lambda: (normal(6),), scalar))
    add("tf_relative", "tf.metrics", "mean_relative_error", {"normalizer": [1.0, 2.0, 0.0]}, three(lambda: (normal(3), normal(3))))
    group.write()


# MARK: Schedules

def schedules():
    group = Group("lr_schedules")
    steps = [0, 1, 2, 5, 9, 10, 11, 19, 20, 21, 49, 50, 51, 99, 100, 101, 249, 1000, 1000000]

    def add(id, name, config, make):
        values = [float(make(tf.constant(step, tf.int64))) for step in steps]
        group.cases.append({"id": id, "function": name, "config": config, "steps": steps, "values": values})

    S = tf.keras.optimizers.schedules
    for id, name, config in [
        ("warmup", "CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 80, "alpha": 0.1, "warmup_target": 0.5, "warmup_steps": 20}),
        ("cosine", "CosineDecay", {"initial_learning_rate": 0.3, "decay_steps": 33}),
        ("restarts", "CosineDecayRestarts", {"initial_learning_rate": 0.3, "first_decay_steps": 7, "t_mul": 1.5, "m_mul": 0.9, "alpha": 0.05}),
        ("restarts_default", "CosineDecayRestarts", {"initial_learning_rate": 0.3, "first_decay_steps": 50}),
        ("exponential", "ExponentialDecay", {"initial_learning_rate": 0.3, "decay_steps": 7, "decay_rate": 0.96, "staircase": True}),
        ("inverse", "InverseTimeDecay", {"initial_learning_rate": 0.3, "decay_steps": 3.0, "decay_rate": 0.5}),
        ("piecewise", "PiecewiseConstantDecay", {"boundaries": [10, 100], "values": [1.0, 0.5, 0.1]}),
        ("polynomial", "PolynomialDecay", {"initial_learning_rate": 0.3, "decay_steps": 40, "end_learning_rate": 0.01, "power": 2.0, "cycle": True}),
        ("polynomial_default", "PolynomialDecay", {"initial_learning_rate": 0.3, "decay_steps": 40}),
    ]:
        schedule = getattr(S, name)(**config)
        add(id, name, config, lambda step, schedule=schedule: schedule(step))
    for id, name, config in [
        ("tf_linear_cosine", "linear_cosine_decay", {"learning_rate": 0.2, "decay_steps": 60, "num_periods": 2.5, "alpha": 0.1, "beta": 0.01}),
        ("tf_restarts", "cosine_decay_restarts", {"learning_rate": 0.2, "first_decay_steps": 20, "t_mul": 1.3, "m_mul": 0.8, "alpha": 0.1}),
        ("tf_natural", "natural_exp_decay", {"learning_rate": 0.2, "decay_steps": 30, "decay_rate": 0.5}),
        ("tf_exponential_default", "exponential_decay", {"learning_rate": 0.2, "decay_steps": 30, "decay_rate": 0.5}),
    ]:
        def make(step, name=name, config=config):
            given = dict(config)
            value = getattr(tf1.train, name)(given.pop("learning_rate"), step, **given)
            return value() if callable(value) else value
        add(id, name, config, make)
    group.write()


# MARK: Optimizers

def variables(shapes):
    return {name: normal(*shape) for name, shape in shapes.items()}


def slices(rows, width):
    indices = np.array(random.integers(rows, size=random.integers(1, 5)), np.int64)
    return indices, normal(len(indices), width)


def keras_optimizers():
    group = Group("optimizers_keras")
    O = tf.keras.optimizers

    def add(id, name, config, shapes={"net/dense/kernel": (4, 3), "net/dense/bias": (3,)}, sparse=False, steps=12):
        start = variables(shapes)
        gradients = {n: [slices(s[0], s[1]) if sparse else normal(*s) for _ in range(steps)] for n, s in shapes.items()}
        case = {"id": id, "optimizer": name, "config": config, "steps": steps, "variables": [], "snapshots": {}}
        for n, s in shapes.items():
            entry = {"name": n + ":0", "shape": list(s), "initial": group.tensor(f"{id}/init/{n}", start[n])}
            if sparse:
                entry["sparse_grads"] = [{"indices": group.tensor(f"{id}/i{k}/{n}", i), "values": group.tensor(f"{id}/v{k}/{n}", v)}
                                         for k, (i, v) in enumerate(gradients[n])]
            else:
                entry["grads"] = group.tensor(f"{id}/grads/{n}", np.stack(gradients[n]))
            case["variables"].append(entry)
        for dtype in ["float32", "float64"]:
            given = dict(config)
            if isinstance(given.get("learning_rate"), dict):
                rate = given["learning_rate"]
                given["learning_rate"] = getattr(O.schedules, rate["class_name"])(**rate["config"])
            optimizer = getattr(O, name)(jit_compile=False, **given)
            held = [tf.Variable(start[n].astype(dtype), name=n) for n in shapes]
            optimizer.build(held)
            rows = {n: [] for n in shapes}
            for step in range(steps):
                pairs = []
                for variable, n in zip(held, shapes):
                    g = gradients[n][step]
                    if sparse:
                        g = tf.IndexedSlices(tf.constant(g[1].astype(dtype)), tf.constant(g[0]), tf.constant(shapes[n]))
                    else:
                        g = tf.constant(g.astype(dtype))
                    pairs.append((g, variable))
                optimizer.apply_gradients(pairs)
                for variable, n in zip(held, shapes):
                    rows[n].append(variable.numpy())
            if dtype == "float32":
                for entry, n in zip(case["variables"], shapes):
                    entry["trajectory"] = group.tensor(f"{id}/traj/{n}", np.stack(rows[n]))
            else:
                case["float64_trajectory"] = {n + ":0": group.tensor(f"{id}/f64traj/{n}", np.stack(rows[n])) for n in shapes}
        group.cases.append(case)

    decay = {"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.7}}
    warm = {"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.0, "decay_steps": 8, "warmup_target": 0.1, "warmup_steps": 4}}
    for id, name, config in [
        ("sgd_decay", "SGD", {"learning_rate": 0.1, "weight_decay": 0.1, "momentum": 0.5}),
        ("sgd_schedule", "SGD", {"learning_rate": decay}),
        ("adam_warm", "Adam", {"learning_rate": warm, "amsgrad": True, "beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3}),
        ("adam_ema", "Adam", {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 4}),
        ("adam_clip_decay", "Adam", {"learning_rate": 0.1, "clipnorm": 0.3, "weight_decay": 0.2}),
        ("adamw_default", "AdamW", {"learning_rate": 0.1}),
        ("adamw_amsgrad_clip", "AdamW", {"learning_rate": 0.1, "amsgrad": True, "global_clipnorm": 0.7}),
        ("nadam_decay", "Nadam", {"learning_rate": 0.1, "weight_decay": 0.05, "beta_1": 0.8}),
        ("adamax_clip", "Adamax", {"learning_rate": 0.1, "clipvalue": 0.5, "beta_2": 0.9}),
        ("lion_decay", "Lion", {"learning_rate": 0.01, "weight_decay": 0.1, "beta_1": 0.8, "beta_2": 0.9}),
        ("adagrad_start", "Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "epsilon": 1e-2}),
        ("adadelta_rho", "Adadelta", {"learning_rate": 1.0, "rho": 0.7, "epsilon": 1e-3}),
        ("rmsprop_centered", "RMSprop", {"learning_rate": 0.01, "centered": True, "rho": 0.7, "epsilon": 1e-3}),
        ("rmsprop_momentum", "RMSprop", {"learning_rate": 0.01, "momentum": 0.5, "weight_decay": 0.1}),
        ("ftrl_all", "Ftrl", {"learning_rate": 0.1, "learning_rate_power": -0.3, "initial_accumulator_value": 0.3, "l1_regularization_strength": 0.05,
                              "l2_regularization_strength": 0.1, "l2_shrinkage_regularization_strength": 0.2, "beta": 0.1}),
        ("adafactor_all", "Adafactor", {"learning_rate": 0.05, "beta_2_decay": -0.5, "epsilon_1": 1e-20, "epsilon_2": 1e-2, "clip_threshold": 0.8, "relative_step": False}),
        ("sgd_nesterov_decay", "SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "clipvalue": 1.0}),
    ]:
        add(id, name, config)
    add("adafactor_rank3", "Adafactor", {"learning_rate": 0.05}, {"conv/kernel": (2, 3, 4), "conv/scale": ()})
    for name, config in [("SGD", {"learning_rate": 0.1, "momentum": 0.9}), ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
                         ("SGD", {"learning_rate": 0.1}),
                         ("Adam", {"learning_rate": 0.1}), ("Adam", {"learning_rate": 0.1, "amsgrad": True}),
                         ("AdamW", {"learning_rate": 0.1}), ("Nadam", {"learning_rate": 0.1}), ("Adamax", {"learning_rate": 0.1}),
                         ("Lion", {"learning_rate": 0.1}), ("Adagrad", {"learning_rate": 0.1}), ("Adadelta", {"learning_rate": 1.0}),
                         ("RMSprop", {"learning_rate": 0.1}), ("RMSprop", {"learning_rate": 0.1, "momentum": 0.5, "centered": True}),
                         ("Ftrl", {"learning_rate": 0.1}), ("SGD", {"learning_rate": 0.1, "clipnorm": 0.5}),
                         ("Adam", {"learning_rate": 0.1, "global_clipnorm": 0.5})]:
        add("sparse_" + name + "_" + "_".join(k for k in config if k != "learning_rate"), name, config, {"emb/embeddings": (5, 3)}, sparse=True)
    group.write()


def train_optimizers():
    group = Group("optimizers_tf_train")

    def make(name, config, step):
        given = dict(config)
        if isinstance(given.get("learning_rate"), dict):
            rate = dict(given["learning_rate"])
            function, start = rate.pop("schedule"), rate.pop("learning_rate", None)
            decay = getattr(tf1.train, function)
            given["learning_rate"] = decay(step, **rate) if start is None else decay(start, step, **rate)
        if name == "AdagradDAOptimizer":
            given["global_step"] = step
        return getattr(tf1.train, name)(**given)

    def add(id, name, config, shapes={"net/dense/kernel": (4, 3), "net/dense/bias": (3,)}, sparse=False, steps=10, global_step=False):
        start = variables(shapes)
        gradients = {n: [slices(s[0], s[1]) if sparse else normal(*s) for _ in range(steps)] for n, s in shapes.items()}
        case = {"id": id, "optimizer": name, "config": config, "steps": steps, "variables": [], "snapshots": {},
                "uses_global_step": global_step}
        for n, s in shapes.items():
            entry = {"name": n + ":0", "shape": list(s), "initial": group.tensor(f"{id}/init/{n}", start[n])}
            if sparse:
                entry["sparse_grads"] = [{"indices": group.tensor(f"{id}/i{k}/{n}", i), "values": group.tensor(f"{id}/v{k}/{n}", v)}
                                         for k, (i, v) in enumerate(gradients[n])]
            else:
                entry["grads"] = group.tensor(f"{id}/grads/{n}", np.stack(gradients[n]))
            case["variables"].append(entry)
        # The proximal optimizers take no doubles.
        for dtype in ["float32"] if name.startswith("Proximal") else ["float32", "float64"]:
            rows = {n: [] for n in shapes}
            with tf.Graph().as_default(), tf1.Session() as session:
                step = tf1.train.get_or_create_global_step() if global_step else None
                held = [tf1.get_variable(n, initializer=start[n].astype(dtype), use_resource=True) for n in shapes]
                places, pairs = [], []
                for variable, (n, s) in zip(held, shapes.items()):
                    if sparse:
                        i, v = tf1.placeholder(tf.int64, [None]), tf1.placeholder(dtype, [None, s[1]])
                        places.append((i, v))
                        pairs.append((tf.IndexedSlices(v, i, tf.constant(s)), variable))
                    else:
                        places.append(tf1.placeholder(dtype, s))
                        pairs.append((places[-1], variable))
                update = make(name, config, step).apply_gradients(pairs, global_step=step)
                session.run(tf1.global_variables_initializer())
                for k in range(steps):
                    feed = {}
                    for place, n in zip(places, shapes):
                        g = gradients[n][k]
                        if sparse:
                            feed[place[0]], feed[place[1]] = g
                        else:
                            feed[place] = g
                    session.run(update, feed)
                    for variable, n in zip(held, shapes):
                        rows[n].append(session.run(variable))
                if dtype == "float32":
                    for entry, n in zip(case["variables"], shapes):
                        entry["trajectory"] = group.tensor(f"{id}/traj/{n}", np.stack(rows[n]))
                    case["snapshots"][str(steps)] = {v.name: group.tensor(f"{id}/s/{v.name}", session.run(v)) for v in tf1.global_variables()}
                else:
                    case["float64_trajectory"] = {n + ":0": group.tensor(f"{id}/f64traj/{n}", np.stack(rows[n])) for n in shapes}
        group.cases.append(case)

    for id, name, config in [
        ("rmsprop_epsilon", "RMSPropOptimizer", {"learning_rate": 0.01, "epsilon": 1e-3, "centered": True}),
        ("adam_big_epsilon", "AdamOptimizer", {"learning_rate": 0.1, "epsilon": 0.1}),
        ("ftrl_power", "FtrlOptimizer", {"learning_rate": 0.1, "learning_rate_power": -0.7, "l1_regularization_strength": 0.05, "l2_regularization_strength": 0.1, "l2_shrinkage_regularization_strength": 0.1}),
        ("adagrad_start", "AdagradOptimizer", {"learning_rate": 0.1, "initial_accumulator_value": 0.7}),
        ("proximal_adagrad_start", "ProximalAdagradOptimizer", {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "l1_regularization_strength": 0.05}),
    ]:
        add(id, name, config)
    for id, schedule in [
        ("polynomial", {"schedule": "polynomial_decay", "learning_rate": 0.5, "decay_steps": 6, "end_learning_rate": 0.1, "power": 2.0}),
        ("cosine", {"schedule": "cosine_decay", "learning_rate": 0.5, "decay_steps": 8}),
        ("restarts", {"schedule": "cosine_decay_restarts", "learning_rate": 0.5, "first_decay_steps": 3}),
        ("inverse", {"schedule": "inverse_time_decay", "learning_rate": 0.5, "decay_steps": 2, "decay_rate": 0.5}),
    ]:
        add("momentum_" + id, "MomentumOptimizer", {"learning_rate": schedule, "momentum": 0.9}, global_step=True)
    add("sgd_piecewise", "GradientDescentOptimizer", {"learning_rate": {"schedule": "piecewise_constant", "boundaries": [3, 6], "values": [0.5, 0.1, 0.01]}}, global_step=True)
    for name, config in [("MomentumOptimizer", {"learning_rate": 0.1, "momentum": 0.9, "use_nesterov": True}),
                         ("RMSPropOptimizer", {"learning_rate": 0.01, "momentum": 0.9, "centered": True}),
                         ("AdamOptimizer", {"learning_rate": 0.1, "beta1": 0.5}),
                         ("ProximalGradientDescentOptimizer", {"learning_rate": 0.1, "l1_regularization_strength": 0.05, "l2_regularization_strength": 0.1}),
                         ("ProximalAdagradOptimizer", {"learning_rate": 0.1, "l1_regularization_strength": 0.05}),
                         ("FtrlOptimizer", {"learning_rate": 0.1, "l2_shrinkage_regularization_strength": 0.1})]:
        add("sparse_" + name, name, config, {"emb/embeddings": (5, 3)}, sparse=True)
    add("sparse_AdagradDAOptimizer", "AdagradDAOptimizer", {"learning_rate": 0.1, "l1_regularization_strength": 0.01}, {"emb/embeddings": (5, 3)}, sparse=True, global_step=True)
    group.write()


for part in sys.argv[1:] or ["losses", "metrics", "schedules", "keras_optimizers", "train_optimizers"]:
    globals()[part]()
