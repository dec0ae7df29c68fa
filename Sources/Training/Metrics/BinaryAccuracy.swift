import Operators
import TensorCore

/// How many predictions are on their label's side of a threshold: the mean over the last axis, example by example.
///
/// - Shapes: `labels` (0 or 1) and `predictions [..., n]`.
/// - Source: keras.metrics.BinaryAccuracy (2.15).
public struct BinaryAccuracy: MeanMetric {
    public let name: String
    public let threshold: Double
    public var mean = WeightedMean()

    public init(threshold: Double = 0.5, name: String = "binary_accuracy") {
        self.threshold = threshold
        self.name = name
    }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        let guesses = try cast(greater(predictions, threshold), to: labels.dtype)
        return try meanOfLast(cast(equal(labels, guesses), to: .float32))
    }
}
