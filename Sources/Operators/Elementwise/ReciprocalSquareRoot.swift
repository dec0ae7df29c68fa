import TensorCore

/// `y = 1 / √x`; within two units in the last place.
struct ReciprocalSquareRoot: ElementwiseOperator {
    static var kernel: UnaryKernel { .reciprocalSquareRoot }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * (y * square(y)) * -0.5 }
}

/// One over the square root, element by element.
public func rsqrt(_ x: Tensor) throws(TensorError) -> Tensor { try apply(ReciprocalSquareRoot(), to: x) }
