import TensorCore

/// Slices of x at places given by the coordinates of several axes.
///
/// - Shapes: `x [d₁ ... dₖ, i...]`, `indices [n..., k]` → `[n..., i...]`.
/// - Throws: `TensorError.indexOutOfRange`; `.shapeMismatch` for more coordinates than axes; `.unsupportedDType` for
///   indices that are neither int32 nor int64.
/// - Source: tf.gather_nd (TensorFlow 1.8).
struct GatherND: BinaryOperator {
    func outputSpec(_ x: TensorSpec, _ indices: TensorSpec) throws(TensorError) -> TensorSpec {
        let depth = try coordinateCount(indices, x.shape, operator: name)
        return x.with(
            try Shape(result: indices.shape.dropLast().extents + x.shape.dropFirst(depth).extents))
    }

    func forward(_ x: Tensor, _ indices: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let rows = try Kernels.flatIndices(indices, in: x.shape, operator: name)
        let depth = indices.shape[indices.rank - 1]
        try Kernels.gatherRows(
            x, at: rows, into: &y, outer: 1, limit: x.shape[0..<depth].elementCount,
            inner: x.shape.dropFirst(depth).elementCount, batches: 1, operator: name)
    }

    func gradients(
        x: Tensor, y indices: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try scatterNDAdd(zerosLike(x), indices, dz) : nil, nil)
    }
}

/// How many coordinates there are for each place.
func coordinateCount(
    _ indices: TensorSpec, _ shape: Shape, operator name: @autoclosure () -> String
) throws(TensorError) -> Int {
    try requireIndices(indices.dtype, operator: name())
    guard let depth = indices.shape.last else {
        throw .rankTooSmall(operator: name(), minimum: 1, received: indices.shape)
    }
    guard depth >= 0 else { throw .symbolic(operator: "\(name()) with an unknown number of coordinates") }
    guard depth <= shape.rank else {
        throw .shapeMismatch(
            operator: name(), left: shape, right: indices.shape, rule: "there are more coordinates than axes")
    }
    return depth
}

/// The slices of `x` at `indices`; shapes and errors as in ``GatherND``.
public func gatherND(_ x: Tensor, _ indices: Tensor) throws(TensorError) -> Tensor {
    try apply(GatherND(), to: x, indices)
}
