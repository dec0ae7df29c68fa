import TensorCore

/// Whether any of the booleans along some axes is true; of nothing, no.
struct ReduceAny: ReductionOperator, StepOperator {
    static var kernel: ReduceKernel { .any }
    let axes: [Int]?
    let keepsDimensions: Bool
}

/// Whether all of the booleans along some axes are true; of nothing, yes.
struct ReduceAll: ReductionOperator, StepOperator {
    static var kernel: ReduceKernel { .all }
    let axes: [Int]?
    let keepsDimensions: Bool
}

/// Whether any is true over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func any(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(ReduceAny(axes: axes, keepsDimensions: keepingDimensions), to: x)
}

/// Whether all are true over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func all(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(ReduceAll(axes: axes, keepsDimensions: keepingDimensions), to: x)
}
