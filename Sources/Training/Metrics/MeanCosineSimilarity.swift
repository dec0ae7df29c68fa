import Operators
import TensorCore

/// The mean cosine of the angle between labels and predictions: unlike the loss, one where they agree.
///
/// - Shapes: `labels` and `predictions` of one shape → `[]`.
/// - Source: keras.metrics.CosineSimilarity (2.15).
public struct MeanCosineSimilarity: MeanMetric {
    public let axis: Int
    public let name: String
    public var mean = WeightedMean()

    public init(axis: Int = -1, name: String = "cosine_similarity") {
        self.axis = axis
        self.name = name
    }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        try -CosineSimilarity(axis: axis).values(labels, predictions)
    }
}

extension MeanCosineSimilarity {
    init(configuration: Configuration) throws {
        self.init(axis: try configuration.integerIfGiven("axis") ?? -1, name: try configuration.metricName())
    }
}
