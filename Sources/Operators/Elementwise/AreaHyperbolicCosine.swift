import TensorCore

/// `y = arcosh x`; NaN below one.
struct AreaHyperbolicCosine: ElementwiseOperator {
    static var kernel: UnaryKernel { .areaHyperbolicCosine }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy / sinh(y) }
}

/// The inverse of the hyperbolic cosine, element by element.
public func acosh(_ x: Tensor) throws(TensorError) -> Tensor { try apply(AreaHyperbolicCosine(), to: x) }
