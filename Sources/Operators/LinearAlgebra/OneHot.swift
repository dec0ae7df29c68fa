import TensorCore

/// A one, or another number, at the place that each index names, and a zero elsewhere; indices outside give zeros only.
///
/// - Shapes: `indices [...]` → with a new axis of `depth` at `axis`.
/// - Throws: `TensorError.unsupportedDType` for indices that are neither int32 nor int64, `.axisOutOfRange`,
///   `.invalidArgument` for a negative depth, `.shapeTooLarge`.
/// - Source: tf.one_hot (TensorFlow 1.8).
struct OneHot: StepOperator {
    let depth: Int
    let axis: Int
    let on: Double
    let off: Double
    let dtype: DType

    private func place(_ shape: Shape) throws(TensorError) -> Int {
        let place = axis < 0 ? axis + shape.rank + 1 : axis
        guard place >= 0 && place <= shape.rank else {
            throw .axisOutOfRange(operator: name, axis: axis, shape: shape)
        }
        return place
    }

    func outputSpec(_ indices: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireIndices(indices.dtype, operator: name)
        guard depth >= 0 else { throw .invalidArgument(operator: name, message: "a depth of \(depth)") }
        var extents = indices.shape.extents
        extents.insert(depth, at: try place(indices.shape))
        return TensorSpec(try Shape(result: extents), dtype)
    }

    func forward(_ indices: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        try fill(&y, with: off)
        let one = try Tensor(repeating: on, [], dtype)
        let inner = indices.shape.dropFirst(try place(indices.shape)).elementCount
        Kernels.writeAtPlaces(one, at: indices, of: &y, limit: depth, inner: inner)
        withExtendedLifetime(one) {}
    }
}

/// The indices as rows of zeros with a one; shapes and errors as in ``OneHot``.
public func oneHot(
    _ indices: Tensor, depth: Int, axis: Int = -1, on: Double = 1, off: Double = 0, dtype: DType = .float32
) throws(TensorError) -> Tensor {
    try apply(OneHot(depth: depth, axis: axis, on: on, off: off, dtype: dtype), to: indices)
}
