import TensorCore

/// `y = arctan x`
struct ArcTangent: ElementwiseOperator {
    static var kernel: UnaryKernel { .arcTangent }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy / (square(x) + 1) }
}

/// The inverse of the tangent, element by element.
public func atan(_ x: Tensor) throws(TensorError) -> Tensor { try apply(ArcTangent(), to: x) }
