import TensorCore

/// `x / √max(Σ x², epsilon)` along some axes (nil for all).
///
/// - Source: tf.nn.l2_normalize (TensorFlow 1.8).
public func l2Normalize(_ x: Tensor, axes: [Int]? = [-1], epsilon: Double = 1e-12) throws(TensorError) -> Tensor {
    let squares = try sum(square(x), axes: axes ?? Array(0..<x.rank), keepingDimensions: true)
    return try x * rsqrt(maximum(squares, epsilon))
}
