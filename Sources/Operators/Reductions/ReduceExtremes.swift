import TensorCore

/// The greatest over some axes, for numbers; NaN where one is. Of nothing it is the least value of the dtype. Equal
/// greatest ones share the gradient.
struct ReduceMaximum: ReductionOperator {
    static var kernel: ReduceKernel { .maximum }
    let axes: [Int]?
    let keepsDimensions: Bool

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try sharedGradient(self, x, y, dy)
    }
}

/// The least over some axes; else as ``ReduceMaximum``.
struct ReduceMinimum: ReductionOperator {
    static var kernel: ReduceKernel { .minimum }
    let axes: [Int]?
    let keepsDimensions: Bool

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try sharedGradient(self, x, y, dy)
    }
}

/// `dx = dy / count` at each of the `count` elements that equal the result.
private func sharedGradient(
    _ op: some ReductionOperator, _ x: Tensor, _ y: Tensor, _ dy: Tensor
) throws(TensorError) -> Tensor {
    let chosen = try cast(equal(x, op.kept(y, x)), to: dy.dtype)
    let count = try sum(chosen, axes: op.axes ?? Array(0..<x.rank), keepingDimensions: true)
    return try chosen * (op.kept(dy, x) / count)
}

/// The greatest over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func max(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(ReduceMaximum(axes: axes, keepsDimensions: keepingDimensions), to: x)
}

/// The greatest over one axis.
public func max(_ x: Tensor, axis: Int, keepingDimension: Bool = false) throws(TensorError) -> Tensor {
    try max(x, axes: [axis], keepingDimensions: keepingDimension)
}

/// The least over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func min(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(ReduceMinimum(axes: axes, keepsDimensions: keepingDimensions), to: x)
}

/// The least over one axis.
public func min(_ x: Tensor, axis: Int, keepingDimension: Bool = false) throws(TensorError) -> Tensor {
    try min(x, axes: [axis], keepingDimensions: keepingDimension)
}
