import TensorCore

/// The elements along some axes in the other direction.
///
/// - Throws: `TensorError.axisOutOfRange`, `.invalidArgument` for an axis given twice.
struct Reverse: UnaryOperator {
    let axes: [Int]

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        _ = try resolvedAxes(axes, of: x.shape, operator: name)
        return x
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let axes = try resolvedAxes(axes, of: x.shape, operator: name)
        let steps = x.shape.steps
        var walk = StridedWalk()
        for axis in 0..<x.rank {
            let isReversed = axes.contains(axis) && x.elementCount > 0
            if isReversed { walk.move(source: (x.shape[axis] - 1) * steps[axis]) }
            walk.append(
                extent: x.shape[axis], targetStep: steps[axis], sourceStep: isReversed ? -steps[axis] : steps[axis])
        }
        walk.copy(x, into: &y)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try reverse(dy, axes: axes) }
}

/// `x` backwards along `axes`; errors as in ``Reverse``.
public func reverse(_ x: Tensor, axes: [Int]) throws(TensorError) -> Tensor { try apply(Reverse(axes: axes), to: x) }
