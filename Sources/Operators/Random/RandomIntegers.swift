import TensorCore

/// Whole numbers in `low ..< high`, all alike likely.
struct RandomIntegers: RandomOperator {
    let shape: Shape
    let low: Int64
    let high: Int64
    let dtype: DType

    func outputSpec(_ key: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireKey(key, operator: name)
        try requireIndices(dtype, operator: name)
        guard shape.isKnown else { throw .symbolic(operator: "\(name) of \(shape)") }
        let fits = dtype == .int64 || (low >= Int64(Int32.min) && high <= Int64(Int32.max) + 1)
        guard low < high, fits else {
            throw .invalidArgument(operator: name, message: "no \(dtype) from \(low) up to \(high)")
        }
        return TensorSpec(shape, dtype)
    }

    func draw(_ stream: RandomStream, _ range: Range<Int>, into target: UnsafeMutableRawPointer) {
        Kernels.integers(stream, range, dtype, into: target, low, high)
    }
}

/// Whole numbers in `low ..< high`, all alike likely, int32 or int64; the key as in ``randomUniform(_:_:_:dtype:key:)``.
///
/// - Throws: `TensorError.invalidArgument` when there is no such number; else as in ``RandomOperator``.
public func randomIntegers(
    _ shape: Shape, _ low: Int64, _ high: Int64, dtype: DType = .int64, key: Tensor? = nil
) throws(TensorError) -> Tensor {
    try drawing(RandomIntegers(shape: shape, low: low, high: high, dtype: dtype), key)
}
