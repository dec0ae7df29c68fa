import TensorCore

/// Some axes beside each other made one.
///
/// - Shapes: `[a, b, c]` with two axes from 0 → `[a·b, c]`.
/// - Throws: `TensorError.rankMismatch` when there are no such axes.
struct MergeAxes: ViewOperator {
    let first: Int
    let count: Int

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard first >= 0, count >= 1, first < x.rank, count <= x.rank - first else {
            throw .rankMismatch(operator: name, expected: "\(count) axes from \(first) on", received: x.shape)
        }
        let axes = x.shape[first..<first + count]
        let others = axes.extents.filter { $0 != 1 }
        // One unknown extent beside ones is still that extent.
        let merged =
            axes.isKnown || axes.elementCount == 0
            ? axes.elementCount : others.count == 1 ? others[0] : Shape.unknown
        return x.with(
            try Shape(result: x.shape[0..<first].extents + [merged] + x.shape.dropFirst(first + count).extents))
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try reshape(dy, like: x) }
}

/// One axis cut into several, of known extents.
///
/// - Shapes: `[a, b·c]` with axis 1 into `[b, c]` → `[a, b, c]`.
/// - Throws: `TensorError.axisOutOfRange`, `.shapeTooLarge` for what are no extents, `.invalidArgument` when their product is
///   another.
struct SplitAxis: ViewOperator {
    let axis: Int
    let extents: [Int]

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        let axis = try resolvedAxis(axis, of: x.shape, operator: name)
        let product = try Shape(checking: extents).elementCount
        guard x.shape[axis] < 0 || x.shape[axis] == product else {
            throw .invalidArgument(
                operator: name, message: "axis \(axis) of \(x.shape) does not fall into \(extents)")
        }
        return x.with(
            try Shape(result: x.shape[0..<axis].extents + extents + x.shape.dropFirst(axis + 1).extents))
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try reshape(dy, like: x) }
}

/// One axis cut into several, with the extents that a reference has, whose elements do not matter.
///
/// - Shapes: `[a·b, c]` with axis 0 as two axes from 0 of `[a, b, …]` → `[a, b, c]`.
/// - Throws: `TensorError.axisOutOfRange`, `.rankTooSmall`, `.shapeMismatch`.
struct SplitAxisLike: ReferencedReshape {
    let axis: Int
    let axes: Range<Int>

    func outputSpec(_ x: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        let axis = try resolvedAxis(axis, of: x.shape, operator: name)
        guard axes.lowerBound >= 0, axes.upperBound <= reference.rank else {
            throw .rankTooSmall(operator: name, minimum: axes.upperBound, received: reference.shape)
        }
        let extents = reference.shape[axes]
        guard x.shape[axis] < 0 || !extents.isKnown || extents.elementCount == x.shape[axis] else {
            throw .shapeMismatch(
                operator: name, left: x.shape, right: reference.shape,
                rule: "axis \(axis) must have as many places as the reference's axes \(axes)")
        }
        return x.with(
            try Shape(result: x.shape[0..<axis].extents + extents.extents + x.shape.dropFirst(axis + 1).extents))
    }
}

/// `x` with `count` axes from `first` on made one; shapes and errors as in ``MergeAxes``.
public func mergeAxes(_ x: Tensor, from first: Int = 0, count: Int = 2) throws(TensorError) -> Tensor {
    try apply(MergeAxes(first: first, count: count), to: x)
}

/// `x` with one axis cut into axes of these extents; shapes and errors as in ``SplitAxis``.
public func splitAxis(_ x: Tensor, _ axis: Int, into extents: [Int]) throws(TensorError) -> Tensor {
    try apply(SplitAxis(axis: axis, extents: extents), to: x)
}

/// `x` with one axis cut as `reference` has the axes `axes`; shapes and errors as in ``SplitAxisLike``.
public func splitAxis(
    _ x: Tensor, _ axis: Int, as axes: Range<Int>, of reference: Tensor
) throws(TensorError) -> Tensor {
    try apply(SplitAxisLike(axis: axis, axes: axes), to: x, reference)
}
