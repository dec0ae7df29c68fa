import TensorCore

/// `y = tanh x`
struct Tanh: ActivationOperator {
    static let kernel = UnaryKernel.tanh

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(TanhGradient(), to: y, dy)
    }
}

/// `dx = dy ⊙ (1 − y²)`, of (y, dy).
struct TanhGradient: BroadcastingOperator {
    static let kernel = BinaryKernel.tanhGradient

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try -2 * (dz * y * x) : nil, needed[1] ? try apply(TanhGradient(), to: x, dz) : nil)
    }
}

/// The hyperbolic tangent, element by element.
public func tanh(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Tanh(), to: x) }
