import TensorCore

/// `y = max(x, 0)`
///
/// - Source: Nair and Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines* (2010).
struct Relu: ElementwiseOperator {
    static var kernel: UnaryKernel { .relu }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(ReluSlope(), to: y, dy)
    }
}

/// `dx = dy` where `y > 0`, else 0.
struct ReluSlope: SlopeOperator {
    static var kernel: BinaryKernel { .reluGradient }

    func curvature(_ y: Tensor) -> Tensor? { nil }
}

/// `max(x, 0)`, element by element.
public func relu(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Relu(), to: x) }
