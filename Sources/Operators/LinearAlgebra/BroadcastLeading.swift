import TensorCore

/// Stretches all axes but the last two so that they match those of another tensor, whose elements do not matter.
///
/// - Shapes: `x [a..., m, k]`, other `[b..., p, q]` → `[c..., m, k]` with c what a and b stretch to.
/// - Throws: `TensorError.rankTooSmall`, `.shapeMismatch`.
struct BroadcastLeading: BinaryOperator {
    func outputSpec(_ x: TensorSpec, _ other: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank >= 2, other.rank >= 2 else {
            throw .rankTooSmall(operator: name, minimum: 2, received: x.rank < 2 ? x.shape : other.shape)
        }
        let leading = try broadcastShape(x.shape.dropLast(2), other.shape.dropLast(2), operator: "matmul")
        return x.with(try Shape(result: leading.extents + x.shape.dropFirst(x.rank - 2).extents))
    }

    func forward(_ x: Tensor, _ other: Tensor, into y: inout TensorBuffer) { stretch(x, into: &y) }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try sumLike(dz, x) : nil, nil)
    }
}

/// Both matrices with leading axes that match, where they can be stretched to it.
func matchingLeadingAxes(
    _ x: Tensor, _ y: Tensor, rightIsBatched: Bool
) throws(TensorError) -> (Tensor, Tensor) {
    guard rightIsBatched, x.rank >= 2, y.rank >= 2 else { return (x, y) }
    let (left, right) = (x.shape.dropLast(2), y.shape.dropLast(2))
    guard !left.accepts(right) else { return (x, y) }
    let common = try broadcastShape(left, right, operator: "matmul")
    return (
        left == common ? x : try apply(BroadcastLeading(), to: x, y),
        right == common ? y : try apply(BroadcastLeading(), to: y, x)
    )
}
