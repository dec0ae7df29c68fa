import TensorCore

/// `y = |x|`, for numbers; the least of a signed whole type stays itself.
struct Absolute: ElementwiseOperator {
    static var kernel: UnaryKernel { .absolute }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * sign(x) }
}

/// The magnitude, element by element.
public func abs(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Absolute(), to: x) }
