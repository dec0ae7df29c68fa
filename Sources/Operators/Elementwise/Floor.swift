import TensorCore

/// The next whole number below. No gradient flows.
struct Floor: ElementwiseOperator, StepOperator {
    static var kernel: UnaryKernel { .floor }
}

/// The next whole number below each element.
public func floor(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Floor(), to: x) }
