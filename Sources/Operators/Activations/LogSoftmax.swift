import TensorCore

/// The logarithm of the softmax along the last axis: `yᵢ = xᵢ − log Σ exp(xⱼ)`.
struct LogSoftmax: UnaryOperator {
    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec { try Softmax().outputSpec(x) }

    func forward(_ x: Tensor, into y: inout TensorBuffer) { Kernels.softmaxRows(x, into: &y, logarithm: true) }

    /// `dx = dy − exp(y) · Σ dy`
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try dy - softmax(x) * sum(dy, axis: -1, keepingDimension: true)
    }
}

/// Shapes and errors as in ``Softmax``.
public func logSoftmax(_ x: Tensor) throws(TensorError) -> Tensor { try apply(LogSoftmax(), to: x) }
