import TensorCore

/// `y = tanh x`; within seven units in the last place.
struct Tanh: ElementwiseOperator {
    static var kernel: UnaryKernel { .tanh }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(TanhSlope(), to: y, dy)
    }
}

/// `dx = dy · (1 − y²)`
struct TanhSlope: SlopeOperator {
    static var kernel: BinaryKernel { .tanhGradient }

    func curvature(_ y: Tensor) throws(TensorError) -> Tensor? { try -2 * y }
}

/// The hyperbolic tangent, element by element.
public func tanh(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Tanh(), to: x) }
