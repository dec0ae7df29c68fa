import TensorCore

/// Softmax along one axis: `yᵢ = exp(xᵢ) / Σ exp(xⱼ)`.
///
/// - Shapes: `x` of any shape but a scalar's → the same; along the axis `y` sums to 1.
/// - Throws: `TensorError.rankTooSmall` when `x` is a scalar, `.axisOutOfRange`.
/// - Source: Goodfellow, Bengio, Courville, *Deep Learning* (2016), §4.1.
struct Softmax: UnaryOperator {
    var axis = -1

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank > 0 else { throw .rankTooSmall(operator: "softmax", minimum: 1, received: x.shape) }
        try requireFloats(x.dtype, operator: "softmax")
        _ = try resolvedAxis(axis, of: x.shape, operator: "softmax")
        return x
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let (outer, count, inner) = x.shape.around(try resolvedAxis(axis, of: x.shape, operator: "softmax"))
        Kernels.softmax(x, into: &y, outer: outer, count: count, inner: inner)
    }

    /// `dx = y ⊙ (dy − Σ dy ⊙ y)`
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try y * (dy - sum(dy * y, axis: axis, keepingDimension: true))
    }
}

/// Turns scores into probabilities; shapes and errors as in ``Softmax``.
public func softmax(_ x: Tensor, axis: Int = -1) throws(TensorError) -> Tensor {
    try apply(Softmax(axis: axis), to: x)
}
