import TensorCore

/// The tensors side by side along a new axis.
///
/// - Shapes: all alike → their shape with a new axis of as many at `axis`, which may count from the end of the result.
/// - Throws: `TensorError.shapeMismatch`, `.dtypeMismatch`, `.axisOutOfRange`, `.invalidArgument` for no tensors.
public func stack(_ parts: [Tensor], axis: Int = 0) throws(TensorError) -> Tensor {
    guard let first = parts.first else { throw .invalidArgument(operator: "stack", message: "nothing to stack") }
    let place = axis < 0 ? axis + first.rank + 1 : axis
    var expanded: [Tensor] = []
    for part in parts {
        guard part.rank == first.rank, part.shape.accepts(first.shape) else {
            throw .shapeMismatch(
                operator: "stack", left: first.shape, right: part.shape, rule: "the shapes must be equal")
        }
        expanded.append(try expandDimensions(part, axes: [place]))
    }
    return try concatenate(expanded, axis: place)
}

/// The slices along one axis, without it.
///
/// - Throws: `TensorError.axisOutOfRange`, `.symbolic` when the extent is unknown, `.invalidArgument` when it is above
///   1,048,576.
public func unstack(_ x: Tensor, axis: Int = 0) throws(TensorError) -> [Tensor] {
    let axis = try resolvedAxis(axis, of: x.shape, operator: "unstack")
    guard x.shape[axis] >= 0 else { throw .symbolic(operator: "unstack") }
    try Split.requirePossible(parts: x.shape[axis], operator: "unstack")
    var parts: [Tensor] = []
    for part in try split(x, sizes: Array(repeating: 1, count: x.shape[axis]), axis: axis) {
        parts.append(try squeeze(part, axes: [axis]))
    }
    return parts
}
