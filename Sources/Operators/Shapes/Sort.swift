import TensorCore

/// The order of the elements along one axis: the places of the least first, or of the greatest. Equal ones stay in their
/// order; a NaN counts as greater than any number. No gradient flows.
///
/// - Shapes: x's, or `count` along the axis; the places are int32.
/// - Throws: `TensorError.axisOutOfRange`, `.unsupportedDType`, `.invalidArgument` for a count beyond the axis.
struct SortedPlaces: StepOperator {
    let axis: Int
    let isDescending: Bool
    /// How many of them; nil for all.
    var count: Int?

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireNumbers(x.dtype, operator: name)
        let axis = try resolvedAxis(axis, of: x.shape, operator: name)
        guard let count else { return x.with(.int32) }
        guard count >= 0, count <= (x.shape[axis] < 0 ? Shape.extentMax : x.shape[axis]) else {
            throw .invalidArgument(operator: name, message: "axis \(axis) of \(x.shape) has no \(count) elements")
        }
        return TensorSpec(x.shape.replacing(axis, with: count), .int32)
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let (outer, extent, inner) = x.shape.around(try resolvedAxis(axis, of: x.shape, operator: name))
        Kernels.sortedPlaces(
            x, into: &y, outer: outer, extent: extent, inner: inner, count: count ?? extent, isDescending: isDescending)
    }
}

/// The elements in order along `axis`; errors as in ``SortedPlaces``. The gradient goes back to where they stood.
public func sort(_ x: Tensor, axis: Int = -1, descending: Bool = false) throws(TensorError) -> Tensor {
    try takeAlongAxis(x, argsort(x, axis: axis, descending: descending), axis: axis)
}

/// The places of the elements in their order along `axis`, int32; shapes and errors as in ``SortedPlaces``.
public func argsort(_ x: Tensor, axis: Int = -1, descending: Bool = false) throws(TensorError) -> Tensor {
    try apply(SortedPlaces(axis: axis, isDescending: descending), to: x)
}

/// The `count` greatest elements of each row, greatest first, and their places, int32; of equals the first come first.
///
/// - Shapes: `x [..., n]` → `[..., count]`.
/// - Throws: as ``SortedPlaces``.
/// - Source: tf.nn.top_k (TensorFlow 1.8).
public func topK(_ x: Tensor, _ count: Int) throws(TensorError) -> (values: Tensor, indices: Tensor) {
    let places = try apply(SortedPlaces(axis: -1, isDescending: true, count: count), to: x)
    return (try takeAlongAxis(x, places, axis: -1), places)
}
