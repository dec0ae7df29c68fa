import TensorCore

/// The mean over some axes, for floats; of nothing it is NaN.
struct Mean: ReductionOperator {
    static var kernel: ReduceKernel { .sum }
    let axes: [Int]?
    let keepsDimensions: Bool

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireFloats(x.dtype, operator: name)
        return x.with(try reducedShape(x.shape))
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        try reduce(x, over: axes, with: Self.kernel, into: &y)
        let count = y.elementCount == 0 ? 0 : x.elementCount / y.elementCount
        UnaryKernel.divideBy.run(inPlace: &y, Double(count))
    }

    /// Every element of x had an equal part in its mean.
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(BroadcastLike(averages: true), to: kept(dy, x), x)
    }
}

/// The mean over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func mean(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(Mean(axes: axes, keepsDimensions: keepingDimensions), to: x)
}

/// The mean over one axis.
public func mean(_ x: Tensor, axis: Int, keepingDimension: Bool = false) throws(TensorError) -> Tensor {
    try mean(x, axes: [axis], keepingDimensions: keepingDimension)
}
