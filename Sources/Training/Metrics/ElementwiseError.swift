import Operators
import TensorCore

/// The mean of an error of each element, where ``LossMetric`` has one of each example: weights may differ within an example.
///
/// - Shapes: `labels` and `predictions` of one shape → `[]`.
/// - Source: tf.metrics.mean_squared_error, mean_absolute_error (TensorFlow 1.8).
public struct ElementwiseError: MeanMetric {
    public enum Kind: String, Sendable {
        case squared = "mean_squared_error"
        case absolute = "mean_absolute_error"
    }

    public let kind: Kind
    public let name: String
    public var mean = WeightedMean()

    public init(_ kind: Kind, name: String? = nil) {
        self.kind = kind
        self.name = name ?? kind.rawValue
    }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        switch kind {
        case .squared: return try squaredDifference(predictions, labels)
        case .absolute: return try abs(predictions - labels)
        }
    }
}
