import TensorCore

/// The cross entropy between the softmax of scores and one right class for each row: `log Σ exp(logitsⱼ) − logits[label]`. The
/// hidden output is the softmax, which the gradient needs.
///
/// - Shapes: `logits [..., classes]`, `labels [...]` of int32 or int64 → `[...]`.
/// - Throws: `TensorError.indexOutOfRange` at the first label that names no class, `.shapeMismatch`, `.rankTooSmall`,
///   `.unsupportedDType`.
/// - Source: tf.nn.sparse_softmax_cross_entropy_with_logits (TensorFlow 1.8).
struct SparseSoftmaxCrossEntropy: Operator {
    let hiddenOutputs = 1

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (logits, labels) = (inputs[0], inputs[1])
        try requireFloats(logits.dtype, operator: name)
        try requireIndices(labels.dtype, operator: name)
        guard logits.rank > 0 else { throw .rankTooSmall(operator: name, minimum: 1, received: logits.shape) }
        guard logits.shape.dropLast().accepts(labels.shape) else {
            throw .shapeMismatch(
                operator: name, left: logits.shape, right: labels.shape, rule: "there is one label for each row")
        }
        return [logits.with(logits.shape.dropLast()), logits]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let (logits, classes) = (inputs[0], inputs[0].shape.last ?? 0)
        let places = try labelPlaces(inputs[1], classes: classes, operator: name)
        let logarithms = try Tensor(uninitialized: logits.spec)
        var buffer = logarithms.buffer
        Kernels.softmaxRows(logits, into: &buffer, logarithm: true)
        Kernels.softmaxRows(logits, into: &outputs[1])
        for (row, label) in places.enumerated() {
            let place = row * classes + label
            if logits.dtype == .float64 {
                outputs[0].pointer(to: Double.self)[row] = -logarithms.pointer(to: Double.self)[place]
            } else {
                outputs[0].pointer(to: Float.self)[row] = -logarithms.pointer(to: Float.self)[place]
            }
        }
        withExtendedLifetime(logarithms) {}
    }

    /// `dlogits = dloss · (softmax − one-hot labels)`, and what arrives at the softmax itself.
    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard pass.needed[0] else { return [nil, nil] }
        let probabilities = pass.outputs[1]
        var dlogits: Tensor?
        if let dloss = pass.outputGradients[0] {
            dlogits = try expandDimensions(dloss, axes: [-1])
                * apply(TakeOneFromLabels(), to: probabilities, pass.inputs[1])
        }
        if let dprobabilities = pass.outputGradients[1] {
            let through = try probabilities
                * (dprobabilities - sum(dprobabilities * probabilities, axis: -1, keepingDimension: true))
            dlogits = if let known = dlogits { try known + through } else { through }
        }
        return [dlogits, nil]
    }
}

/// `z = x`, less one at each row's label; of probabilities `[..., classes]` and labels `[...]`.
struct TakeOneFromLabels: BinaryOperator {
    func outputSpec(_ x: TensorSpec, _ labels: TensorSpec) throws(TensorError) -> TensorSpec {
        try SparseSoftmaxCrossEntropy().outputSpecs([x, labels])[1]
    }

    func forward(_ x: Tensor, _ labels: Tensor, into z: inout TensorBuffer) throws(TensorError) {
        let classes = x.shape.last ?? 0
        z.pointer.copyMemory(from: x.pointer, byteCount: z.spec.byteCount)
        for (row, label) in try labelPlaces(labels, classes: classes, operator: name).enumerated() {
            if z.dtype == .float64 {
                z.pointer(to: Double.self)[row * classes + label] -= 1
            } else {
                z.pointer(to: Float.self)[row * classes + label] -= 1
            }
        }
    }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) { (needed[0] ? dz : nil, nil) }
}

/// The labels as numbers, each in `0 ..< classes`.
private func labelPlaces(
    _ labels: Tensor, classes: Int, operator name: String
) throws(TensorError) -> [Int] {
    let places =
        labels.dtype == .int32 ? labels.scalars(Int32.self).map(Int.init) : labels.scalars(Int64.self).map(Int.init)
    if let wrong = places.first(where: { $0 < 0 || $0 >= classes }) {
        throw .indexOutOfRange(operator: name, index: wrong, limit: classes)
    }
    return places
}

/// The cross entropy of each row; shapes and errors as in ``SparseSoftmaxCrossEntropy``.
public func sparseSoftmaxCrossEntropy(logits: Tensor, labels: Tensor) throws(TensorError) -> Tensor {
    try apply(SparseSoftmaxCrossEntropy(), to: [logits, labels])[0]
}
