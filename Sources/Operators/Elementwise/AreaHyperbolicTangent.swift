import TensorCore

/// `y = artanh x`; NaN outside [−1, 1].
struct AreaHyperbolicTangent: ElementwiseOperator {
    static var kernel: UnaryKernel { .areaHyperbolicTangent }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy / (1 - square(x)) }
}

/// The inverse of the hyperbolic tangent, element by element.
public func atanh(_ x: Tensor) throws(TensorError) -> Tensor { try apply(AreaHyperbolicTangent(), to: x) }
