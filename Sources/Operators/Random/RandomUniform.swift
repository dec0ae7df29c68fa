import TensorCore

/// Numbers in `low ..< high`, all alike likely.
struct RandomUniform: RandomOperator {
    let shape: Shape
    let low: Double
    let high: Double
    let dtype: DType

    func draw(_ stream: RandomStream, _ range: Range<Int>, into target: UnsafeMutableRawPointer) {
        Kernels.uniform(stream, range, dtype, into: target, low, high)
    }
}

/// Numbers in `low ..< high`, all alike likely; errors as in ``RandomOperator``.
///
/// - Parameter key: what the numbers follow from; by default a new one, see ``randomKey(from:)``.
/// - Throws: `TensorError.invalidArgument` when the interval is none.
/// - Source: tf.random_uniform (TensorFlow 1.8).
public func randomUniform(
    _ shape: Shape, _ low: Double = 0, _ high: Double = 1, dtype: DType = .float32, key: Tensor? = nil
) throws(TensorError) -> Tensor {
    try requireInterval(low, high)
    return try drawing(RandomUniform(shape: shape, low: low, high: high, dtype: dtype), key)
}

/// As many numbers as `reference` has elements, in its shape and dtype.
public func randomUniform(
    like reference: Tensor, _ low: Double = 0, _ high: Double = 1, key: Tensor? = nil
) throws(TensorError) -> Tensor {
    try requireInterval(low, high)
    let dtype = reference.dtype
    return try apply(
        RandomLike { RandomUniform(shape: $0, low: low, high: high, dtype: dtype) }, to: someKey(key), reference)
}

private func requireInterval(_ low: Double, _ high: Double) throws(TensorError) {
    guard low <= high, low.isFinite, high.isFinite else {
        throw .invalidArgument(operator: "randomUniform", message: "no interval from \(low) to \(high)")
    }
}
