import TensorCore

/// `y = x²`, for numbers.
struct Square: ElementwiseOperator {
    static var kernel: UnaryKernel { .square }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try 2 * (dy * x) }
}

/// The square, element by element.
public func square(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Square(), to: x) }
