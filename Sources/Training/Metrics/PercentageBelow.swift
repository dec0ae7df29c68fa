import Operators
import TensorCore

/// Which share of the values is less than a threshold, by their weights.
///
/// - Source: tf.metrics.percentage_below (TensorFlow 1.8).
public struct PercentageBelow: ValueMetric {
    public let threshold: Double
    public let name: String
    private var mean = WeightedMean()

    public init(threshold: Double, name: String = "percentage_below") {
        self.threshold = threshold
        self.name = name
    }

    public mutating func update(_ values: Tensor, weights: Tensor?) throws {
        try mean.add(less(values, threshold), weights: weights)
    }

    public var result: Tensor { Tensor(Float(mean.value)) }
    public mutating func reset() { mean = WeightedMean() }
    public mutating func merge(_ other: PercentageBelow) { mean.merge(other.mean) }
}
