import TensorCore

/// Takes axes of extent 1 away.
///
/// - Throws: `TensorError.axisOutOfRange`, `.invalidArgument` for an axis of another extent.
struct Squeeze: ViewOperator {
    /// Negative ones count from the end; nil for all axes that are known to have extent 1.
    let axes: [Int]?

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        let chosen =
            try axes.map { axes throws(TensorError) in try resolvedAxes(axes, of: x.shape, operator: name) }
            ?? (0..<x.rank).filter { x.shape[$0] == 1 }
        for axis in chosen where x.shape[axis] != 1 && x.shape[axis] >= 0 {
            throw .invalidArgument(operator: name, message: "axis \(axis) of \(x.shape) has not the extent 1")
        }
        var shape = Shape()
        for axis in 0..<x.rank where !chosen.contains(axis) { shape.append(x.shape[axis]) }
        return x.with(shape)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try reshape(dy, like: x) }
}

/// `x` without `axes` (nil for all of extent 1); errors as in ``Squeeze``.
public func squeeze(_ x: Tensor, axes: [Int]? = nil) throws(TensorError) -> Tensor {
    try apply(Squeeze(axes: axes), to: x)
}
