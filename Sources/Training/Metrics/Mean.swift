import Operators
import TensorCore

/// The weighted mean of values.
///
/// - Source: tf.metrics.mean (TensorFlow 1.8), keras.metrics.Mean (2.15).
public struct Mean: ValueMetric {
    public let name: String
    private var mean = WeightedMean()

    public init(name: String = "mean") { self.name = name }

    public mutating func update(_ values: Tensor, weights: Tensor?) throws { try mean.add(values, weights: weights) }
    public var result: Tensor { Tensor(Float(mean.value)) }
    public mutating func reset() { mean = WeightedMean() }
    public mutating func merge(_ other: Mean) { mean.merge(other.mean) }
}
