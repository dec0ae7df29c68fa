import TensorCore

/// `y = cosh x`
struct HyperbolicCosine: ElementwiseOperator {
    static var kernel: UnaryKernel { .hyperbolicCosine }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * sinh(x) }
}

/// The hyperbolic cosine, element by element.
public func cosh(_ x: Tensor) throws(TensorError) -> Tensor { try apply(HyperbolicCosine(), to: x) }
