import Operators
import TensorCore

/// One minus the mean of `Σ label·prediction` along an axis, for labels and predictions of length one.
///
/// - Shapes: `labels` and `predictions` of one shape → `[]`.
/// - Source: tf.metrics.mean_cosine_distance (TensorFlow 1.8).
public struct MeanCosineDistance: MeanMetric {
    public let axis: Int
    public let name: String
    public var mean = WeightedMean()

    public init(axis: Int = -1, name: String = "mean_cosine_distance") {
        self.axis = axis
        self.name = name
    }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try sum(labels * predictions, axis: axis, keepingDimension: true)
    }

    public var result: Tensor { Tensor(Float(1 - mean.value)) }
}

extension MeanCosineDistance {
    init(configuration: Configuration) throws {
        self.init(axis: try configuration.integer("dim"), name: try configuration.metricName())
    }
}
