import TensorCore

/// Normally distributed numbers.
///
/// - Source: Box, Muller, *A Note on the Generation of Random Normal Deviates* (1958).
struct RandomNormal: RandomOperator {
    let shape: Shape
    let mean: Double
    let deviation: Double
    let dtype: DType

    func draw(_ stream: RandomStream, _ range: Range<Int>, into target: UnsafeMutableRawPointer) {
        Kernels.normal(stream, range, dtype, into: target, mean, deviation)
    }
}

/// Normally distributed numbers, drawn again until within two deviations of the mean.
struct TruncatedNormal: RandomOperator {
    let shape: Shape
    let mean: Double
    let deviation: Double
    let dtype: DType

    func draw(_ stream: RandomStream, _ range: Range<Int>, into target: UnsafeMutableRawPointer) {
        Kernels.truncatedNormal(stream, range, dtype, into: target, mean, deviation)
    }
}

/// Normally distributed numbers; errors and the key as in ``randomUniform(_:_:_:dtype:key:)``.
///
/// - Source: tf.random_normal (TensorFlow 1.8).
public func randomNormal(
    _ shape: Shape, mean: Double = 0, deviation: Double = 1, dtype: DType = .float32, key: Tensor? = nil
) throws(TensorError) -> Tensor {
    try drawing(RandomNormal(shape: shape, mean: mean, deviation: deviation, dtype: dtype), key)
}

/// As many of them as `reference` has elements, in its shape and dtype.
public func randomNormal(
    like reference: Tensor, mean: Double = 0, deviation: Double = 1, key: Tensor? = nil
) throws(TensorError) -> Tensor {
    let dtype = reference.dtype
    return try apply(
        RandomLike { RandomNormal(shape: $0, mean: mean, deviation: deviation, dtype: dtype) }, to: someKey(key),
        reference)
}

/// Normally distributed numbers without those further than two deviations from the mean.
///
/// - Source: tf.truncated_normal (TensorFlow 1.8).
public func truncatedNormal(
    _ shape: Shape, mean: Double = 0, deviation: Double = 1, dtype: DType = .float32, key: Tensor? = nil
) throws(TensorError) -> Tensor {
    try drawing(TruncatedNormal(shape: shape, mean: mean, deviation: deviation, dtype: dtype), key)
}
