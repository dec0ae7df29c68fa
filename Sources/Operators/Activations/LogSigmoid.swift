import TensorCore

/// `y = ln sigmoid x`, without overflow on the way.
struct LogSigmoid: ElementwiseOperator {
    static var kernel: UnaryKernel { .logSigmoid }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(LogSigmoidSlope(), to: x, dy)
    }
}

/// `dx = dy · sigmoid(−x)`
struct LogSigmoidSlope: SlopeOperator {
    static var kernel: BinaryKernel { .logSigmoidGradient }

    func curvature(_ x: Tensor) throws(TensorError) -> Tensor? { try -(sigmoid(x) * sigmoid(-x)) }
}

/// The logarithm of the sigmoid, element by element.
public func logSigmoid(_ x: Tensor) throws(TensorError) -> Tensor { try apply(LogSigmoid(), to: x) }
