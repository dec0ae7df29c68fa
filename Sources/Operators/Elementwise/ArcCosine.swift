import TensorCore

/// `y = arccos x`; NaN outside [−1, 1].
struct ArcCosine: ElementwiseOperator {
    static var kernel: UnaryKernel { .arcCosine }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try -(dy * rsqrt(1 - square(x))) }
}

/// The inverse of the cosine, element by element.
public func acos(_ x: Tensor) throws(TensorError) -> Tensor { try apply(ArcCosine(), to: x) }
