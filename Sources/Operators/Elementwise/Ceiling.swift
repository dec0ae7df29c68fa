import TensorCore

/// The next whole number above. No gradient flows.
struct Ceiling: ElementwiseOperator, StepOperator {
    static var kernel: UnaryKernel { .ceil }
}

/// The next whole number above each element.
public func ceil(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Ceiling(), to: x) }
