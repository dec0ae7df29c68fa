import TensorCore

/// The same elements with all axes from one on made one.
///
/// - Shapes: `[a, b, c, d]` from axis 1 → `[a, b·c·d]`; a scalar becomes `[1]`.
/// - Throws: `TensorError.axisOutOfRange`.
struct Flatten: ViewOperator {
    let firstAxis: Int

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        if x.rank == 0 && (firstAxis == 0 || firstAxis == -1) { return x.with([1]) }
        let first = firstAxis == x.rank ? x.rank : try resolvedAxis(firstAxis, of: x.shape, operator: name)
        let rest = x.shape.dropFirst(first)
        var extents = x.shape[0..<first].extents
        if rest.isKnown || rest.elementCount == 0 {
            extents.append(rest.elementCount)
        } else {
            // One unknown extent among ones is still that extent.
            let unknown = rest.extents.filter { $0 < 0 }
            extents.append(unknown.count == 1 && rest.elementCount == 1 ? unknown[0] : Shape.unknown)
        }
        return x.with(try Shape(result: extents))
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try reshape(dy, like: x) }
}

/// `x` with all axes from `firstAxis` on made one; shapes and errors as in ``Flatten``.
public func flatten(_ x: Tensor, from firstAxis: Int = 1) throws(TensorError) -> Tensor {
    try apply(Flatten(firstAxis: firstAxis), to: x)
}
