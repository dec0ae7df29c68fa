import TensorCore

/// `y = max(x, 0)`
///
/// - Source: Nair and Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines* (2010).
struct Relu: ActivationOperator {
    static let kernel = UnaryKernel.relu

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(ReluGradient(), to: y, dy)
    }
}

/// `dx = dy` where `y > 0`, else 0.
struct ReluGradient: BroadcastingOperator {
    static let kernel = BinaryKernel.reluGradient

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (nil, needed[1] ? try apply(ReluGradient(), to: x, dz) : nil)
    }
}

/// `max(x, 0)`, element by element.
public func relu(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Relu(), to: x) }
