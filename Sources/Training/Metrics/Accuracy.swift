import Operators
import TensorCore

/// How many predictions equal their labels.
///
/// - Shapes: `labels` and `predictions` of one shape.
/// - Source: tf.metrics.accuracy (TensorFlow 1.8), keras.metrics.Accuracy (2.15).
public struct Accuracy: MeanMetric {
    public let name: String
    public var mean = WeightedMean()

    public init(name: String = "accuracy") { self.name = name }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try equal(labels, predictions)
    }
}
