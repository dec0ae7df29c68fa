import TensorCore

/// `y = x` above zero, `slope · x` below.
///
/// - Source: Maas, Hannun, Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models* (2013).
struct LeakyRelu: ElementwiseOperator {
    static var kernel: UnaryKernel { .leakyRelu }
    let slope: Double
    var parameters: (Double, Double) { (slope, 0) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(LeakyReluSlope(slope: slope), to: x, dy)
    }
}

struct LeakyReluSlope: SlopeOperator {
    static var kernel: BinaryKernel { .leakyReluGradient }
    let slope: Double
    var parameters: (Double, Double) { (slope, 0) }

    func curvature(_ x: Tensor) -> Tensor? { nil }
}

/// x above zero and a fraction of it below, element by element.
public func leakyRelu(_ x: Tensor, slope: Double = 0.2) throws(TensorError) -> Tensor {
    try apply(LeakyRelu(slope: slope), to: x)
}
