import TensorCore

/// `y = 1 / x`
struct Reciprocal: ElementwiseOperator {
    static var kernel: UnaryKernel { .reciprocal }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try -(dy * square(y)) }
}

/// One over each element.
public func reciprocal(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Reciprocal(), to: x) }
