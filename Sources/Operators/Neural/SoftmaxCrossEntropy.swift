import TensorCore

/// The cross entropy between given distributions and the softmax of scores, row by row: `−Σ labels ⊙ log softmax(logits)`.
///
/// Computed together, so that no probability is rounded to zero before its logarithm is taken. The hidden output is the
/// softmax, which the gradient needs.
///
/// - Shapes: `logits [..., classes]`, `labels [..., classes]` → `[...]`.
/// - Source: tf.nn.softmax_cross_entropy_with_logits (TensorFlow 1.8).
struct SoftmaxCrossEntropy: Operator {
    let hiddenOutputs = 1

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (logits, labels) = (inputs[0], inputs[1])
        guard logits.rank > 0 else {
            throw .rankTooSmall(operator: "softmaxCrossEntropy", minimum: 1, received: logits.shape)
        }
        guard logits.dtype == labels.dtype else {
            throw .dtypeMismatch(operator: "softmaxCrossEntropy", left: logits.dtype, right: labels.dtype)
        }
        guard logits.dtype == .float32 || logits.dtype == .float64 else {
            throw .unsupportedDType(operator: "softmaxCrossEntropy", received: logits.dtype)
        }
        guard logits.shape.accepts(labels.shape) else {
            throw .shapeMismatch(
                operator: "softmaxCrossEntropy", left: logits.shape, right: labels.shape,
                rule: "logits and labels have one shape")
        }
        return [logits.with(logits.shape.dropLast()), logits]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let logarithms = try Tensor(uninitialized: inputs[0].spec)
        var buffer = logarithms.buffer
        Kernels.softmaxRows(inputs[0], into: &buffer, logarithm: true)
        Kernels.softmaxRows(inputs[0], into: &outputs[1])
        // logarithms ← labels ⊙ logarithms, then the rows' sums, negated.
        BinaryKernel.multiply.run(logarithms, inputs[1], into: &buffer)
        let classes = inputs[0].shape.last ?? 1
        Kernels.sum(logarithms, into: &outputs[0], outer: outputs[0].elementCount, middle: classes, inner: 1)
        UnaryKernel.affine.run(inPlace: &outputs[0], -1, 0)
        withExtendedLifetime(logarithms) {}
    }

    /// `dlogits = dloss · (softmax − labels)` for labels that sum to one, and what arrives at the softmax itself.
    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        let (logits, labels, probabilities) = (pass.inputs[0], pass.inputs[1], pass.outputs[1])
        var dlogits: Tensor?
        var dlabels: Tensor?
        if let dloss = pass.outputGradients[0] {
            let column = try expandDimensions(dloss, axes: [-1])
            if pass.needed[0] {
                let weight = try sum(labels, axis: -1, keepingDimension: true)
                dlogits = try column * (probabilities * weight - labels)
            }
            if pass.needed[1] { dlabels = try -(column * logSoftmax(logits)) }
        }
        if pass.needed[0], let dprobabilities = pass.outputGradients[1] {
            let through = try Softmax().gradient(x: logits, y: probabilities, dy: dprobabilities)
            dlogits = if let known = dlogits { try known + through } else { through }
        }
        return [dlogits, dlabels]
    }
}

/// The cross entropy of each row; shapes and errors as in ``SoftmaxCrossEntropy``.
public func softmaxCrossEntropy(logits: Tensor, labels: Tensor) throws(TensorError) -> Tensor {
    try apply(SoftmaxCrossEntropy(), to: [logits, labels])[0]
}
