import Operators
import TensorCore

/// How many predictions are on their label's side of a threshold, element by element.
///
/// - Shapes: `labels` (0 or 1) and `predictions` of one shape.
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
        return try equal(labels, guesses)
    }
}
