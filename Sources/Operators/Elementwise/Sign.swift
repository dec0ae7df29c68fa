import TensorCore

/// The sign: −1, 0 or 1, for numbers; zeros keep theirs, NaN stays. No gradient flows.
struct Sign: ElementwiseOperator, StepOperator {
    static var kernel: UnaryKernel { .sign }
}

/// The sign, element by element.
public func sign(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Sign(), to: x) }
