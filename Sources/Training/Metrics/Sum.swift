import Operators
import TensorCore

/// The weighted sum of values.
///
/// - Source: keras.metrics.Sum (2.15).
public struct Sum: ValueMetric {
    public let name: String
    private var mean = WeightedMean()

    public init(name: String = "sum") { self.name = name }

    public mutating func update(_ values: Tensor, weights: Tensor?) throws { try mean.add(values, weights: weights) }
    public var result: Tensor { Tensor(Float(mean.total)) }
    public mutating func reset() { mean = WeightedMean() }
    public mutating func merge(_ other: Sum) { mean.merge(other.mean) }
}
