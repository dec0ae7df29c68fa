import TensorCore

/// `y = ln(1 + eˣ)`, without overflow on the way.
///
/// - Source: Dugas, Bengio, Bélisle, Nadeau, Garcia, *Incorporating Second-Order Functional Knowledge* (2001).
struct Softplus: ElementwiseOperator {
    static var kernel: UnaryKernel { .softplus }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(SoftplusSlope(), to: x, dy)
    }
}

/// `dx = dy · sigmoid x`
struct SoftplusSlope: SlopeOperator {
    static var kernel: BinaryKernel { .softplusGradient }

    func curvature(_ x: Tensor) throws(TensorError) -> Tensor? { try sigmoid(x) * sigmoid(-x) }
}

/// `ln(1 + eˣ)`, element by element.
public func softplus(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Softplus(), to: x) }
