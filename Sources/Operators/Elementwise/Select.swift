import TensorCore

/// `zᵢ = xᵢ` where the condition holds, else `yᵢ`; all three stretched by NumPy's rule.
///
/// - Throws: `TensorError.dtypeMismatch`, `.shapeMismatch`, `.unsupportedDType` for a condition that is not boolean.
/// - Source: tf.where with three arguments (TensorFlow 1.8), with broadcasting as in 2.x.
struct Select: Operator {
    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (condition, x, y) = (inputs[0], inputs[1], inputs[2])
        try requireBooleans(condition.dtype, operator: name)
        try requireSame(x, y, operator: name)
        let both = try broadcastShape(x.shape, y.shape, operator: name)
        return [x.with(try broadcastShape(condition.shape, both, operator: name))]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        Kernels.select(inputs[0], inputs[1], inputs[2], into: &outputs[0])
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard let dz = pass.outputGradients[0] else { return [nil, nil, nil] }
        let zero = try Tensor(0, like: dz)
        let condition = pass.inputs[0]
        return [
            nil,
            pass.needed[1] ? try sumLike(select(condition, dz, zero), pass.inputs[1]) : nil,
            pass.needed[2] ? try sumLike(select(condition, zero, dz), pass.inputs[2]) : nil,
        ]
    }
}

/// `x` where the condition holds, `y` elsewhere; shapes and errors as in ``Select``.
public func select(_ condition: Tensor, _ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor {
    try apply(Select(), to: [condition, x, y])[0]
}
