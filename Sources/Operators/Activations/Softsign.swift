import TensorCore

/// `y = x / (1 + |x|)`
///
/// - Source: Bergstra, Desjardins, Lamblin, Bengio, *Quadratic Polynomials Learn Better Image Features* (2009).
struct Softsign: ElementwiseOperator {
    static var kernel: UnaryKernel { .softsign }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(SoftsignSlope(), to: x, dy)
    }
}

/// `dx = dy / (1 + |x|)²`
struct SoftsignSlope: SlopeOperator {
    static var kernel: BinaryKernel { .softsignGradient }

    func curvature(_ x: Tensor) throws(TensorError) -> Tensor? { try -2 * sign(x) / pow(abs(x) + 1, 3) }
}

/// `x / (1 + |x|)`, element by element.
public func softsign(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Softsign(), to: x) }
