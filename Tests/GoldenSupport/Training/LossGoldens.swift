import Formats
import Operators
import TensorCore
import Training

/// Losses: the value and the gradient of its sum with respect to the predictions, in single precision and in double.
func runLosses(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    let fields: Set<String> = [
        "api", "loss", "config", "y_true", "y_pred", "weights", "value", "value_f64", "value_tensor",
        "value_tensor_f64",
        "d_pred", "d_pred_f64",
    ]
    return try runCases(manifest, folder, fields: fields) { item in
        let loss = try lossFunction(item)
        let (labels, predictions) = (try item.tensor("y_true"), try item.tensor("y_pred"))
        let weights = try item.tensorIfGiven("weights")
        for dtype in [DType.float32, .float64] {
            let input = try cast(predictions, to: dtype)
            let tape = GradientTape()
            tape.watch(input)
            let value = try tape.record {
                try loss(labels.dtype == .float32 ? cast(labels, to: dtype) : labels, input, weights)
            }
            let gradient = try tape.gradient(of: value, withRespectTo: input)
            let tolerance = try tolerance(of: item, dtype)
            if let expected = try item.tensorIfGiven("value_tensor_f64") {
                try expect(value, is: expected, within: tolerance, "the value in \(dtype)")
            } else if let expected = item.item["value_f64"]?.double {
                try expect(value, is: Tensor([], [expected]), within: tolerance, "the value in \(dtype)")
            } else {
                throw GoldenFailure("the case has no value")
            }
            guard let gradient else { throw GoldenFailure("no gradient flows in \(dtype)") }
            try expect(gradient, is: item.tensor("d_pred_f64"), within: tolerance, "the gradient in \(dtype)")
        }
    }
}

/// tf.losses computes in float32 whatever comes, as do Huber and LogCosh of Keras.
private func tolerance(of item: GoldenCase, _ dtype: DType) throws -> Double {
    let isRounded = try item.string("api") == "tf.losses" || ["Huber", "LogCosh"].contains(item.string("loss"))
    // The labels of tf.nn are rounded to float32, so that a row of them sums to one only nearly; TensorFlow's gradient takes
    // it for one.
    let isNearly = try item.string("loss") == "softmax_cross_entropy_with_logits"
    return dtype == .float32 || isRounded ? 4e-6 : isNearly ? 1e-7 : 1e-12
}

private typealias LossFunction = (_ labels: Tensor, _ predictions: Tensor, _ weights: Tensor?) throws -> Tensor

private func lossFunction(_ item: GoldenCase) throws -> LossFunction {
    let name = try item.string("loss")
    switch try item.string("api") {
    case "tf.losses":
        if name == "mean_pairwise_squared_error" { return { try meanPairwiseSquaredError($0, $1, weights: $2) } }
        return try made(["class_name": .string("tf.losses." + name), "config": .object(item.config)])
    case "keras":
        return try made(["class_name": .string(name), "config": .object(item.config)])
    case "tf.nn":
        return try operation(name, item)
    case let api:
        throw GoldenFailure("there is no api \(api)")
    }
}

private func made(_ description: JSONValue) throws -> LossFunction {
    let loss = try TrainingCatalog.loss(description, path: "loss")
    return { try loss($0, $1, weights: $2) }
}

private func operation(_ name: String, _ item: GoldenCase) throws -> LossFunction {
    switch name {
    case "sigmoid_cross_entropy_with_logits":
        return { labels, logits, _ in try sigmoidCrossEntropy(logits: logits, labels: labels) }
    case "softmax_cross_entropy_with_logits":
        return { labels, logits, _ in try softmaxCrossEntropy(logits: logits, labels: labels) }
    case "sparse_softmax_cross_entropy_with_logits":
        return { labels, logits, _ in try sparseSoftmaxCrossEntropy(logits: logits, labels: labels) }
    case "weighted_cross_entropy_with_logits":
        guard let weight = item.config["pos_weight"]?.double else { throw GoldenFailure("the case has no pos_weight") }
        return { labels, logits, _ in
            try weightedCrossEntropy(logits: logits, labels: labels, positiveWeight: weight)
        }
    case "l2_loss":
        return { _, x, _ in try l2Loss(x) }
    default:
        throw GoldenFailure("there is no operation \(name)")
    }
}
