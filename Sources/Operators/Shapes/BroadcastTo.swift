import TensorCore

/// Stretches x to a shape by NumPy's rule.
///
/// - Throws: `TensorError.shapeMismatch` when x does not stretch to it.
struct BroadcastTo: UnaryOperator {
    let shape: Shape

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard shape.isKnown, shape.rank >= x.rank, shape.accepts(try broadcastShape(x.shape, shape, operator: name))
        else {
            throw .shapeMismatch(operator: name, left: x.shape, right: shape, rule: "x must stretch to the shape")
        }
        return x.with(shape)
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) { stretch(x, into: &y) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try sumLike(dy, x) }
}

/// `x` stretched to `shape`; errors as in ``BroadcastTo``.
public func broadcast(_ x: Tensor, to shape: Shape) throws(TensorError) -> Tensor {
    try apply(BroadcastTo(shape: shape), to: x)
}
