import TensorCore

/// What is above zero and what is below, side by side: relu(x) and relu(−x) along an axis.
///
/// - Shapes: the axis doubles.
/// - Source: Shang, Sohn, Almeida, Lee, *Understanding and Improving Convolutional Neural Networks via Concatenated
///   Rectified Linear Units* (2016).
public func crelu(_ x: Tensor, axis: Int = -1) throws(TensorError) -> Tensor {
    try relu(concatenate([x, -x], axis: axis))
}
