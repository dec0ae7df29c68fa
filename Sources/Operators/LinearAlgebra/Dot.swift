import TensorCore

/// The sum of products of two vectors.
///
/// - Shapes: `[n]`, `[n]` → `[]`.
/// - Throws: `TensorError.rankMismatch`, `.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
public func dot(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor {
    for vector in [x, y] where vector.rank != 1 {
        throw .rankMismatch(operator: "dot", expected: "vectors", received: vector.shape)
    }
    guard x.shape.accepts(y.shape) else {
        throw .shapeMismatch(operator: "dot", left: x.shape, right: y.shape, rule: "the extents must be equal")
    }
    return try sum(x * y)
}

/// Each element of one vector times each of another.
///
/// - Shapes: `[m]`, `[n]` → `[m, n]`.
/// - Throws: `TensorError.rankMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
public func outer(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor {
    for vector in [x, y] where vector.rank != 1 {
        throw .rankMismatch(operator: "outer", expected: "vectors", received: vector.shape)
    }
    return try expandDimensions(x, axes: [1]) * expandDimensions(y, axes: [0])
}
