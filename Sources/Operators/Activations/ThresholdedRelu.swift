import TensorCore

/// `y = x` above the threshold, `slope · (x − threshold)` below it and 0 at it.
struct ThresholdedRelu: ElementwiseOperator {
    static var kernel: UnaryKernel { .threshold }
    let threshold: Double
    let slope: Double
    var parameters: (Double, Double) { (threshold, slope) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(ThresholdedReluSlope(threshold: threshold, slope: slope), to: x, dy)
    }
}

struct ThresholdedReluSlope: SlopeOperator {
    static var kernel: BinaryKernel { .thresholdGradient }
    let threshold: Double
    let slope: Double
    var parameters: (Double, Double) { (threshold, slope) }

    func curvature(_ x: Tensor) -> Tensor? { nil }
}

/// Keras's relu: x above the threshold but at most `maximum`, `slope · (x − threshold)` below it.
///
/// - Throws: `TensorError.invalidArgument` for a maximum below zero.
/// - Source: tf.keras.activations.relu (TensorFlow 2.15).
public func relu(
    _ x: Tensor, maximum: Double?, slope: Double = 0, threshold: Double = 0
) throws(TensorError) -> Tensor {
    if let maximum, !(maximum >= 0) {
        throw .invalidArgument(operator: "relu", message: "the greatest value \(maximum) is below zero")
    }
    if maximum == nil && threshold == 0 { return slope == 0 ? try relu(x) : try leakyRelu(x, slope: slope) }
    if maximum == 6 && threshold == 0 && slope == 0 { return try relu6(x) }
    let rectified = try apply(ThresholdedRelu(threshold: threshold, slope: slope), to: x)
    guard let maximum else { return rectified }
    return try apply(Clip(low: -.infinity, high: maximum), to: rectified)
}
