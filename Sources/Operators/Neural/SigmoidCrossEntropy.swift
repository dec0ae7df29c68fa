import TensorCore

/// The cross entropy between labels and the sigmoid of scores, element by element: `max(x, 0) − x · z + log(1 + e^−|x|)`,
/// which loses nothing where the sigmoid is close to 0 or 1.
///
/// - Shapes: logits x and labels z of one shape → the same.
/// - Throws: `TensorError.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
/// - Source: tf.nn.sigmoid_cross_entropy_with_logits (TensorFlow 1.8).
struct SigmoidCrossEntropy: BinaryOperator {
    func outputSpec(_ logits: TensorSpec, _ labels: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireFloats(logits.dtype, operator: name)
        try requireSame(logits, labels, operator: name)
        guard logits.shape.accepts(labels.shape) else {
            throw .shapeMismatch(
                operator: name, left: logits.shape, right: labels.shape, rule: "logits and labels have one shape")
        }
        return logits
    }

    func forward(_ logits: Tensor, _ labels: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        // The softplus of −|x| is the logarithm; max(x, 0) − x z is exact where it matters, at z = 0 and 1.
        let part = try Tensor(uninitialized: logits.spec)
        let whole = try Tensor(uninitialized: logits.spec)
        var (partBuffer, wholeBuffer) = (part.buffer, whole.buffer)
        UnaryKernel.relu.run(logits, into: &wholeBuffer)
        BinaryKernel.multiply.run(logits, labels, into: &partBuffer)
        BinaryKernel.subtract.run(whole, part, into: &wholeBuffer)
        UnaryKernel.absolute.run(logits, into: &partBuffer)
        UnaryKernel.affine.run(inPlace: &partBuffer, -1, 0)
        UnaryKernel.softplus.run(inPlace: &partBuffer)
        BinaryKernel.add.run(whole, part, into: &y)
        withExtendedLifetime((part, whole)) {}
    }

    func gradients(
        x logits: Tensor, y labels: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try dz * (sigmoid(logits) - labels) : nil, needed[1] ? try -(dz * logits) : nil)
    }
}

/// The cross entropy of each element; shapes and errors as in ``SigmoidCrossEntropy``.
public func sigmoidCrossEntropy(logits: Tensor, labels: Tensor) throws(TensorError) -> Tensor {
    try apply(SigmoidCrossEntropy(), to: logits, labels)
}
