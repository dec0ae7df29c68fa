import TensorCore

/// Matrices with zeros outside a band around the diagonal.
///
/// - Shapes: `[..., m, n]` → the same.
/// - Throws: `TensorError.rankTooSmall`.
/// - Source: tf.matrix_band_part (TensorFlow 1.8).
struct BandPart: UnaryOperator {
    /// How many diagonals below and above the main one stay; all when negative.
    let lower: Int
    let upper: Int

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank >= 2 else { throw .rankTooSmall(operator: name, minimum: 2, received: x.shape) }
        return x
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) {
        let (columns, rows) = (x.shape[x.rank - 1], x.shape[x.rank - 2])
        guard x.elementCount > 0 else { return }
        let size = x.dtype.byteCount
        y.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: y.spec.byteCount)
        for line in 0..<x.elementCount / columns {
            let row = line % rows
            let first = lower < 0 ? 0 : Swift.min(columns, Swift.max(0, row - Swift.min(lower, row)))
            let end = upper < 0 ? columns : Swift.min(columns, row + 1 + Swift.min(upper, columns))
            guard first < end else { continue }
            let start = (line * columns + first) * size
            (y.pointer + start).copyMemory(from: x.pointer + start, byteCount: (end - first) * size)
        }
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try apply(self, to: dy) }
}

/// `x` with only `lower` diagonals below the main one and `upper` above it; a negative number keeps all. Shapes and errors
/// as in ``BandPart``.
public func bandPart(_ x: Tensor, lower: Int, upper: Int) throws(TensorError) -> Tensor {
    try apply(BandPart(lower: lower, upper: upper), to: x)
}
