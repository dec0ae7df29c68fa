import TensorCore

/// The sum over some axes, for numbers; whole ones wrap around.
///
/// Floats are added in blocks, so that the error grows with the number of blocks, not of elements.
struct Sum: ReductionOperator {
    static var kernel: ReduceKernel { .sum }
    let axes: [Int]?
    let keepsDimensions: Bool

    /// Every element of x had a part of one in its sum.
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try broadcast(kept(dy, x), like: x)
    }
}

/// The sum over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func sum(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(Sum(axes: axes, keepsDimensions: keepingDimensions), to: x)
}

/// The sum over one axis.
public func sum(_ x: Tensor, axis: Int, keepingDimension: Bool = false) throws(TensorError) -> Tensor {
    try sum(x, axes: [axis], keepingDimensions: keepingDimension)
}
