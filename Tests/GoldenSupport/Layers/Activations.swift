import Formats
import Operators
import TensorCore

/// Activations: the value and the gradient of `Σ y · w`, in single precision and in double.
func runActivations(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    let fields: Set<String> = ["function", "x", "y", "dx", "y_f64", "dx_f64", "w"]
    return try runCases(manifest, folder, fields: fields, runActivation)
}

private func runActivation(_ item: GoldenCase) throws {
    let name = try item.string("function")
    guard let function = activation(name) else { throw GoldenFailure("there is no activation \(name)") }
    let (x, w) = (try item.tensor("x"), try item.tensor("w"))
    // Of a float's 7 digits the functions lose a few units. TensorFlow rounds the constants of gelu and leaky relu to
    // floats even in double precision.
    for (dtype, tolerance) in [(DType.float32, 1e-6), (.float64, 2e-8)] {
        let (input, weights) = (try cast(x, to: dtype), try cast(w, to: dtype))
        let tape = GradientTape()
        tape.watch(input)
        let y = try tape.record { try function(input) }
        let dx = try tape.gradient(of: y, withRespectTo: input, outputGradient: weights)
        guard let dx else { throw GoldenFailure("no gradient flows in \(dtype)") }
        for (found, field) in [(y, "y_f64"), (dx, "dx_f64")] {
            let error = try largestError(found, item.tensor(field))
            guard error <= tolerance else { throw GoldenFailure("\(field) differs by \(error) in \(dtype)") }
        }
    }
}

/// An activation by its name in the goldens, where its numbers are part of the name.
private func activation(_ name: String) -> ((Tensor) throws -> Tensor)? {
    switch name {
    case "relu": { try relu($0) }
    case "relu6": { try relu6($0) }
    case "elu": { try elu($0) }
    case "selu": { try selu($0) }
    case "softplus": { try softplus($0) }
    case "softsign": { try softsign($0) }
    case "sigmoid": { try sigmoid($0) }
    case "tanh": { try tanh($0) }
    case "exponential": { try exp($0) }
    case "linear": { try identity($0) }
    case "swish": { try swish($0) }
    case "hard_sigmoid": { try hardSigmoid($0) }
    case "gelu_exact": { try gelu($0) }
    case "gelu_tanh": { try gelu($0, approximately: true) }
    case "mish": { try mish($0) }
    case "log_sigmoid": { try logSigmoid($0) }
    case "crelu": { try crelu($0) }
    default: numberedActivation(name)
    }
}

private func numberedActivation(_ name: String) -> ((Tensor) throws -> Tensor)? {
    if let slope = number(after: "leaky_relu_", in: name) { return { try leakyRelu($0, slope: slope) } }
    if let alpha = number(after: "elu_alpha_", in: name) { return { try elu($0, alpha: alpha) } }
    if let axis = axis(after: "log_softmax_", in: name) { return { try logSoftmax($0, axis: axis) } }
    if let axis = axis(after: "softmax_", in: name) { return { try softmax($0, axis: axis) } }
    if let axis = axis(after: "l2_normalize_", in: name) { return { try l2Normalize($0, axes: [axis]) } }
    if name.hasPrefix("relu_") {
        let parts = name.split(separator: "_").dropFirst().map(String.init)
        func part(_ prefix: String) -> Double? { parts.lazy.compactMap { number(after: prefix, in: $0) }.first }
        return {
            try relu($0, maximum: part("max"), slope: part("slope") ?? 0, threshold: part("thr") ?? 0)
        }
    }
    return nil
}

private func number(after prefix: String, in text: String) -> Double? {
    text.hasPrefix(prefix) ? Double("0" + text.dropFirst(prefix.count)) : nil
}

private func axis(after prefix: String, in name: String) -> Int? {
    guard name.hasPrefix(prefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    return rest == "last" ? -1 : rest.hasPrefix("axis") ? Int(rest.dropFirst(4)) : nil
}
