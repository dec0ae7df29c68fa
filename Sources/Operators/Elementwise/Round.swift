import TensorCore

/// The nearest whole number; halves go to the even one. No gradient flows.
struct Round: ElementwiseOperator, StepOperator {
    static var kernel: UnaryKernel { .round }
}

/// The nearest whole number, halves to the even one, element by element.
public func round(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Round(), to: x) }
