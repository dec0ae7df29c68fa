import TensorCore

/// The logarithm of the softmax along one axis: `yᵢ = xᵢ − ln Σ exp(xⱼ)`.
struct LogSoftmax: UnaryOperator {
    var axis = -1

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec { try Softmax(axis: axis).outputSpec(x) }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let (outer, count, inner) = x.shape.around(try resolvedAxis(axis, of: x.shape, operator: "softmax"))
        Kernels.softmax(x, into: &y, outer: outer, count: count, inner: inner, logarithm: true)
    }

    /// `dx = dy − exp(y) · Σ dy`
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try dy - softmax(x, axis: axis) * sum(dy, axis: axis, keepingDimension: true)
    }
}

/// Shapes and errors as in ``Softmax``.
public func logSoftmax(_ x: Tensor, axis: Int = -1) throws(TensorError) -> Tensor {
    try apply(LogSoftmax(axis: axis), to: x)
}
