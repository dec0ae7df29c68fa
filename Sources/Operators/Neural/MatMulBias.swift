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
        [try outputSpec(inputs[0], inputs[1], inputs[2])]
    }

    private func outputSpec(_ x: TensorSpec, _ kernel: TensorSpec, _ bias: TensorSpec) throws(TensorError) -> TensorSpec
    {
        guard kernel.rank == 2 else {
            throw .rankMismatch(operator: "matmulBias", expected: "a kernel of two axes", received: kernel.shape)
        }
        guard bias.dtype == x.dtype else {
            throw .dtypeMismatch(operator: "matmulBias", left: x.dtype, right: bias.dtype)
        }
        guard bias.rank == 1, bias.shape.accepts(kernel.shape[1..<2]) else {
            throw .shapeMismatch(
                operator: "matmulBias", left: kernel.shape, right: bias.shape, rule: "the bias has one element per unit"
            )
        }
        return try MatMul().outputSpec(x, kernel)
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        try multiply(inputs[0], inputs[1], inputs[2], into: outputs[0])
    }

    /// As other operators do it, without gathering inputs and outputs in lists: small networks run little else.
    func run(_ frame: inout Frame, _ step: borrowing PlanStep) throws(TensorError) {
        let (x, kernel, bias) = (frame[step.left], frame[step.right], frame[step.inputs[2]])
        let y = try frame.makeOutput(step.firstOutput, try outputSpec(x.spec, kernel.spec, bias.spec))
        try multiply(x, kernel, bias, into: y.buffer)
        frame[step.firstOutput] = y
    }

    private func multiply(
        _ x: Tensor, _ kernel: Tensor, _ bias: Tensor, into y: TensorBuffer
    ) throws(TensorError) {
        let (inner, columns) = (kernel.shape[0], kernel.shape[1])
        try Kernels.multiplyMatrices(
            x.pointer, transposed: false, kernel.pointer, transposed: false, into: y.pointer,
            m: x.shape.dropLast().elementCount, k: inner, n: columns, dtype: x.dtype, product: .fast,
            bias: bias.pointer, activation: activation)
        withExtendedLifetime((x, kernel, bias)) {}
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
