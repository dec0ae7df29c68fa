import Operators
import TensorCore

/// Which share of the values is less than a threshold, by their weights.
///
/// - Source: tf.metrics.percentage_below (TensorFlow 1.8).
public struct PercentageBelow: MeanOfValues {
    public let threshold: Double
    public let name: String
    var mean = WeightedMean()

    public init(threshold: Double, name: String = "percentage_below") {
        self.threshold = threshold
        self.name = name
    }

    func counted(_ values: Tensor) throws -> Tensor { try less(values, threshold) }
}
