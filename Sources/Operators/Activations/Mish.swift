import TensorCore

/// `y = x · tanh(softplus x)`
///
/// - Source: Misra, *Mish: A Self Regularized Non-Monotonic Activation Function* (2019).
struct Mish: ElementwiseOperator {
    static var kernel: UnaryKernel { .mish }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(MishSlope(), to: x, dy)
    }
}

/// `dx = dy · (t + x (1 − t²) s)` with `t = tanh(softplus x)` and `s = sigmoid x`.
struct MishSlope: SlopeOperator {
    static var kernel: BinaryKernel { .mishGradient }

    /// `(1 − t²) s (2 + x (1 − s − 2 t s))`
    func curvature(_ x: Tensor) throws(TensorError) -> Tensor? {
        let t = try tanh(softplus(x))
        let s = try sigmoid(x)
        return try (1 - t * t) * s * (x * (1 - s - 2 * (t * s)) + 2)
    }
}

/// `x · tanh(softplus x)`, element by element.
public func mish(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Mish(), to: x) }
