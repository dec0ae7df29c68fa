import TensorCore

/// `y = x · Φ(x)` with Φ the normal distribution function; within two units in the last place of the result, or of 1
/// where the result is smaller.
///
/// - Source: Hendrycks, Gimpel, *Gaussian Error Linear Units* (2016).
struct Gelu: ElementwiseOperator {
    static var kernel: UnaryKernel { .gelu }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(GeluSlope(), to: x, dy)
    }
}

/// `dx = dy · (Φ(x) + x φ(x))` with φ the normal density.
struct GeluSlope: SlopeOperator {
    static var kernel: BinaryKernel { .geluGradient }

    /// `φ(x) (2 − x²)`
    func curvature(_ x: Tensor) throws(TensorError) -> Tensor? {
        try exp(square(x) * -0.5) * (2 - square(x)) * 0.398_942_280_401_432_7
    }
}

/// `y = x/2 · (1 + tanh u)` with `u = √(2/π) (x + 0.044715 x³)`, close to ``Gelu``; within six units
/// in the last place of the result, or of 1 where the result is smaller.
struct GeluTanh: ElementwiseOperator {
    static var kernel: UnaryKernel { .geluTanh }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(GeluTanhSlope(), to: x, dy)
    }
}

struct GeluTanhSlope: SlopeOperator {
    static var kernel: BinaryKernel { .geluTanhGradient }

    /// `(1 − t²) (u′ − x t u′² + x u″/2)` with `t = tanh u`.
    func curvature(_ x: Tensor) throws(TensorError) -> Tensor? {
        let scale = 0.797_884_560_802_865_4
        let square = try square(x)
        let t = try tanh(scale * (x + 0.044_715 * (square * x)))
        let slope = try scale * (square * 0.134_145 + 1)
        let bend = try x * (scale * 0.26829)
        return try (1 - t * t) * (slope - x * t * slope * slope + 0.5 * (x * bend))
    }
}

/// The Gaussian error linear unit, element by element.
///
/// - Parameter approximately: whether to use the form with tanh.
public func gelu(_ x: Tensor, approximately: Bool = false) throws(TensorError) -> Tensor {
    approximately ? try apply(GeluTanh(), to: x) : try apply(Gelu(), to: x)
}
