import TensorCore

/// The rows of a table at given places. The gradient of the table is slices of it.
///
/// - Shapes: `table [entries, features…]`, `indices [...]` of int32 or int64 → `[..., features…]`.
/// - Throws: `TensorError.indexOutOfRange` for an index that names no entry, `.rankTooSmall`, `.unsupportedDType`.
/// - Source: tf.nn.embedding_lookup (TensorFlow 1.8).
public func embeddingLookup(_ table: Tensor, _ indices: Tensor) throws(TensorError) -> Tensor {
    guard table.rank > 0 else {
        throw .rankTooSmall(operator: "embeddingLookup", minimum: 1, received: table.shape)
    }
    return try gather(table, indices)
}
