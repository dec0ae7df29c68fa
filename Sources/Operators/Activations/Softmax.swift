import TensorCore

/// Softmax along the last axis: `yᵢ = exp(xᵢ) / Σ exp(xⱼ)`.
///
/// - Shapes: `x [..., classes]` → `y [..., classes]`; each row of `y` sums to 1.
/// - Throws: `TensorError.rankTooSmall` when `x` is a scalar.
/// - Source: Goodfellow, Bengio, Courville, *Deep Learning* (2016), §4.1.
struct Softmax: UnaryOperator {
    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank > 0 else { throw .rankTooSmall(operator: "softmax", minimum: 1, received: x.shape) }
        guard x.dtype == .float32 || x.dtype == .float64 else {
            throw .unsupportedDType(operator: "softmax", received: x.dtype)
        }
        return x
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) { Kernels.softmaxRows(x, into: &y) }

    /// `dx = y ⊙ (dy − Σ dy ⊙ y)`
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try y * (dy - sum(dy * y, axis: -1, keepingDimension: true))
    }
}

/// Turns scores into probabilities; shapes and errors as in ``Softmax``.
public func softmax(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Softmax(), to: x) }
