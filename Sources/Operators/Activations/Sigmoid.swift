import TensorCore

/// `y = 1 / (1 + e⁻ˣ)`; within four units in the last place.
struct Sigmoid: ElementwiseOperator {
    static var kernel: UnaryKernel { .sigmoid }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(SigmoidSlope(), to: y, dy)
    }
}

/// `dx = dy · y (1 − y)`
struct SigmoidSlope: SlopeOperator {
    static var kernel: BinaryKernel { .sigmoidGradient }

    func curvature(_ y: Tensor) throws(TensorError) -> Tensor? { try 1 - 2 * y }
}

/// The logistic function, element by element.
public func sigmoid(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Sigmoid(), to: x) }
