import TensorCore

/// `y = eˣ`; within two units in the last place.
struct Exponential: ElementwiseOperator {
    static var kernel: UnaryKernel { .exponential }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * y }
}

/// The exponential function, element by element.
public func exp(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Exponential(), to: x) }
