import TensorCore

/// `y = 1 / (1 + e⁻ˣ)`
struct Sigmoid: ActivationOperator {
    static let kernel = UnaryKernel.sigmoid

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(SigmoidGradient(), to: y, dy)
    }
}

/// `dx = dy ⊙ y ⊙ (1 − y)`, of (y, dy).
struct SigmoidGradient: BroadcastingOperator {
    static let kernel = BinaryKernel.sigmoidGradient

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try dz * y * (1 - 2 * x) : nil, needed[1] ? try apply(SigmoidGradient(), to: x, dz) : nil)
    }
}

/// The logistic function, element by element.
public func sigmoid(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Sigmoid(), to: x) }
