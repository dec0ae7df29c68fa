import TensorCore

/// `y = x` above zero, `alpha · (eˣ − 1)` below.
///
/// - Source: Clevert, Unterthiner, Hochreiter, *Fast and Accurate Deep Network Learning by Exponential Linear Units*
///   (2016).
struct Elu: ElementwiseOperator {
    static var kernel: UnaryKernel { .elu }
    let alpha: Double
    var parameters: (Double, Double) { (alpha, 0) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(EluSlope(alpha: alpha), to: y, dy)
    }
}

/// `dx = dy` where `y > 0`, else `dy · (y + alpha)`.
struct EluSlope: SlopeOperator {
    static var kernel: BinaryKernel { .eluGradient }
    let alpha: Double
    var parameters: (Double, Double) { (alpha, 0) }

    func curvature(_ y: Tensor) throws(TensorError) -> Tensor? { try cast(lessEqual(y, 0), to: y.dtype) }
}

/// x above zero and an exponential that levels off at −alpha below, element by element.
public func elu(_ x: Tensor, alpha: Double = 1) throws(TensorError) -> Tensor {
    try apply(Elu(alpha: alpha), to: x)
}
