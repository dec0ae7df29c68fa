import TensorCore

/// `y = √x`; NaN below zero.
struct SquareRoot: ElementwiseOperator {
    static var kernel: UnaryKernel { .squareRoot }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy / (2 * y) }
}

/// The square root, element by element.
public func sqrt(_ x: Tensor) throws(TensorError) -> Tensor { try apply(SquareRoot(), to: x) }
