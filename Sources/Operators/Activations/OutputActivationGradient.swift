import TensorCore

extension OutputActivation {
    /// What arrives at the function's argument when `dy` arrives at its result `y`.
    func gradient(y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        switch self {
        case .linear: dy
        case .relu: try apply(ReluGradient(), to: y, dy)
        case .tanh: try apply(TanhGradient(), to: y, dy)
        case .sigmoid: try apply(SigmoidGradient(), to: y, dy)
        case .hardSigmoid: try apply(HardSigmoidGradient(), to: y, dy)
        }
    }
}

/// `dx = dy / 5` where `0 < y < 1`, else 0, of (y, dy).
struct HardSigmoidGradient: BroadcastingOperator {
    static let kernel = BinaryKernel.hardSigmoidGradient

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (nil, needed[1] ? try apply(HardSigmoidGradient(), to: x, dz) : nil)
    }
}
