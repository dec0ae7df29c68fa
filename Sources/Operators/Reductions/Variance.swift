import TensorCore

/// The mean squared distance from the mean over some axes, for floats: the biased variance.
struct Variance: ReductionOperator {
    static var kernel: ReduceKernel { .sum }
    let axes: [Int]?
    let keepsDimensions: Bool

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireFloats(x.dtype, operator: name)
        return x.with(try reducedShape(x.shape))
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let centre = Mean(axes: axes, keepsDimensions: true)
        let means = try centre.evaluate(x)
        let squares = try Tensor(uninitialized: x.spec)
        var buffer = squares.buffer
        BinaryKernel.squaredDifference.run(x, means, into: &buffer)
        try Mean(axes: axes, keepsDimensions: keepsDimensions).forward(squares, into: &y)
        withExtendedLifetime(means) {}
        withExtendedLifetime(squares) {}
    }

    /// `dx = 2 dy (x − mean) / count`
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        let distance = try x - mean(x, axes: axes, keepingDimensions: true)
        return try 2 * (apply(BroadcastLike(averages: true), to: kept(dy, x), x) * distance)
    }
}

/// The biased variance over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func variance(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(Variance(axes: axes, keepsDimensions: keepingDimensions), to: x)
}

/// The mean and the biased variance over `axes` (nil for all).
///
/// - Source: tf.nn.moments (TensorFlow 1.8).
public func moments(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> (mean: Tensor, variance: Tensor) {
    (
        try mean(x, axes: axes, keepingDimensions: keepingDimensions),
        try variance(x, axes: axes, keepingDimensions: keepingDimensions)
    )
}
