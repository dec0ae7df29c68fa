import Operators
import TensorCore

/// The root of the mean squared difference, element by element.
///
/// - Shapes: `labels` and `predictions` of one shape → `[]`.
/// - Source: keras.metrics.RootMeanSquaredError (2.15), tf.metrics.root_mean_squared_error (TensorFlow 1.8).
public struct RootMeanSquaredError: MeanMetric {
    public let name: String
    public var mean = WeightedMean()

    public init(name: String = "root_mean_squared_error") { self.name = name }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        try ElementwiseError(.squared, name: name).values(labels, predictions)
    }

    public var result: Tensor { Tensor(Float(mean.value.squareRoot())) }
}
