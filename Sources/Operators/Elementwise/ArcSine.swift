import TensorCore

/// `y = arcsin x`; NaN outside [−1, 1].
struct ArcSine: ElementwiseOperator {
    static var kernel: UnaryKernel { .arcSine }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * rsqrt(1 - square(x)) }
}

/// The inverse of the sine, element by element.
public func asin(_ x: Tensor) throws(TensorError) -> Tensor { try apply(ArcSine(), to: x) }
