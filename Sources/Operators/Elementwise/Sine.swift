import TensorCore

/// `y = sin x`
struct Sine: ElementwiseOperator {
    static var kernel: UnaryKernel { .sine }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * cos(x) }
}

/// The sine, element by element.
public func sin(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Sine(), to: x) }
