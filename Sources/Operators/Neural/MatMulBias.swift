import TensorCore

/// A matrix product with a bias and an activation in one pass over the result: `y = activation(x · kernel + bias)`.
///
/// It gives the same numbers as the three operators one after the other, since the bias is added to the finished sums.
///
/// - Shapes: `x [..., inputs]`, `kernel [inputs, units]`, `bias [units]` → `[..., units]`.
/// - Throws: `TensorError.rankTooSmall`, `.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
struct MatMulBias: Operator {
    let activation: OutputActivation

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (x, kernel, bias) = (inputs[0], inputs[1], inputs[2])
        guard kernel.rank == 2 else {
            throw .rankMismatch(operator: "matmulBias", expected: "a kernel of two axes", received: kernel.shape)
        }
        guard bias.dtype == x.dtype else {
            throw .dtypeMismatch(operator: "matmulBias", left: x.dtype, right: bias.dtype)
        }
        guard bias.rank == 1, bias.shape.accepts([kernel.shape[1]]) else {
            throw .shapeMismatch(
                operator: "matmulBias", left: kernel.shape, right: bias.shape, rule: "the bias has one element per unit"
            )
        }
        return [try MatMul().outputSpec(x, kernel)]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let (inner, columns) = (inputs[1].shape[0], inputs[1].shape[1])
        try Kernels.multiplyMatrices(
            inputs[0].pointer, transposed: false, inputs[1].pointer, transposed: false, into: outputs[0].pointer,
            m: inputs[0].shape.dropLast().elementCount, k: inner, n: columns, dtype: inputs[0].dtype, product: .fast,
            bias: inputs[2].pointer, activation: activation)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard let arrived = pass.outputGradients[0] else { return [nil, nil, nil] }
        let dz = try activation.gradient(y: pass.outputs[0], dy: arrived)
        let product = try MatMul().gradients(
            x: pass.inputs[0], y: pass.inputs[1], z: pass.outputs[0], dz: dz, needed: pass.needed)
        let leading = Array(0..<(dz.rank - 1))
        return [product.0, product.1, pass.needed[2] ? try sum(dz, axes: leading) : nil]
    }
}

/// `activation(x · kernel + bias)`; shapes and errors as in ``MatMulBias``.
public func matmulBias(
    _ x: Tensor, _ kernel: Tensor, _ bias: Tensor, activation: OutputActivation = .linear
) throws(TensorError) -> Tensor {
    try apply(MatMulBias(activation: activation), to: [x, kernel, bias])[0]
}
