import TensorCore

/// `y = sinh x`
struct HyperbolicSine: ElementwiseOperator {
    static var kernel: UnaryKernel { .hyperbolicSine }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * cosh(x) }
}

/// The hyperbolic sine, element by element.
public func sinh(_ x: Tensor) throws(TensorError) -> Tensor { try apply(HyperbolicSine(), to: x) }
