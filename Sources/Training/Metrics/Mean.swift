import TensorCore

/// The weighted mean of values.
///
/// - Source: tf.metrics.mean (TensorFlow 1.8), keras.metrics.Mean (2.15).
public struct Mean: MeanOfValues {
    public let name: String
    var mean = WeightedMean()

    public init(name: String = "mean") { self.name = name }
}
