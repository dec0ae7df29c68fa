import TensorCore

/// Ones with a probability, else zeros.
struct Bernoulli: RandomOperator {
    let shape: Shape
    let probability: Double
    let dtype: DType

    func draw(_ stream: RandomStream, _ range: Range<Int>, into target: UnsafeMutableRawPointer) {
        Kernels.bernoulli(stream, range, dtype, into: target, probability)
    }
}

/// Ones with a probability, else zeros; errors and the key as in ``randomUniform(_:_:_:dtype:key:)``.
///
/// - Throws: `TensorError.invalidArgument` when the probability is not from 0 to 1.
public func bernoulli(
    _ shape: Shape, probability: Double, dtype: DType = .float32, key: Tensor? = nil
) throws(TensorError) -> Tensor {
    try requireProbability(probability)
    return try drawing(Bernoulli(shape: shape, probability: probability, dtype: dtype), key)
}

/// As many of them as `reference` has elements, in its shape and dtype.
public func bernoulli(
    like reference: Tensor, probability: Double, key: Tensor? = nil
) throws(TensorError) -> Tensor {
    try requireProbability(probability)
    let dtype = reference.dtype
    return try apply(
        RandomLike { Bernoulli(shape: $0, probability: probability, dtype: dtype) }, to: someKey(key), reference)
}

private func requireProbability(_ probability: Double) throws(TensorError) {
    guard probability >= 0, probability <= 1 else {
        throw .invalidArgument(operator: "bernoulli", message: "\(probability) is no probability")
    }
}
