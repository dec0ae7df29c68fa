import TensorCore

/// `y = ln x`; −∞ at zero, NaN below; within two units in the last place.
struct Logarithm: ElementwiseOperator {
    static var kernel: UnaryKernel { .logarithm }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy / x }
}

/// The natural logarithm, element by element.
public func log(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Logarithm(), to: x) }
