import TensorCore

/// `y = cos x`
struct Cosine: ElementwiseOperator {
    static var kernel: UnaryKernel { .cosine }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try -(dy * sin(x)) }
}

/// The cosine, element by element.
public func cos(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Cosine(), to: x) }
