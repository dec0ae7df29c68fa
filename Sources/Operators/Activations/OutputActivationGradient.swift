import TensorCore

extension OutputActivation {
    /// What arrives at the function's argument when `dy` arrives at its result `y`.
    func gradient(y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        switch self {
        case .linear: dy
        case .relu: try apply(ReluSlope(), to: y, dy)
        case .tanh: try apply(TanhSlope(), to: y, dy)
        case .sigmoid: try apply(SigmoidSlope(), to: y, dy)
        // The ends of the interval, which y has beyond it, do not count.
        case .hardSigmoid: try apply(ClipSlope(low: 1e-37, high: Double(Float(1).nextDown)), to: y, dy) * 0.2
        }
    }
}

extension OutputActivation {
    /// The function as an operator of its own.
    func applied(to x: Tensor) throws(TensorError) -> Tensor {
        switch self {
        case .linear: x
        case .relu: try Operators.relu(x)
        case .tanh: try Operators.tanh(x)
        case .sigmoid: try Operators.sigmoid(x)
        case .hardSigmoid: try Operators.hardSigmoid(x)
        }
    }
}
