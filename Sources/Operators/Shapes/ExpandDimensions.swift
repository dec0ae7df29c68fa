import TensorCore

/// Puts axes of extent 1 where the result is to have them.
struct ExpandDimensions: ViewOperator {
    /// The places of the new axes in the result, ascending.
    let axes: [Int]

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank + axes.count <= Shape.rankMax else {
            throw .shapeTooLarge(extents: x.shape.extents + axes.map { _ in 1 })
        }
        var shape = Shape()
        var next = 0
        for axis in 0..<(x.rank + axes.count) {
            if axes.contains(axis) {
                shape.append(1)
            } else {
                shape.append(x.shape[next])
                next += 1
            }
        }
        return x.with(shape)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try reshape(dy, like: x) }
}

/// `x` with axes of extent 1 at `axes` of the result; negative ones count from its end.
public func expandDimensions(_ x: Tensor, axes: [Int]) throws(TensorError) -> Tensor {
    let rank = x.rank + axes.count
    var places: [Int] = []
    for axis in axes {
        let place = axis < 0 ? axis + rank : axis
        guard place >= 0 && place < rank, !places.contains(place) else {
            throw .axisOutOfRange(operator: "expandDimensions", axis: axis, shape: x.shape)
        }
        places.append(place)
    }
    return try apply(ExpandDimensions(axes: places.sorted()), to: x)
}
