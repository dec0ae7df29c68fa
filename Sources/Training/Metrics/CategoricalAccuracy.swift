import Operators
import TensorCore

/// How often the greatest prediction is the class of the greatest label.
///
/// - Shapes: `labels` and `predictions [..., classes]`.
/// - Source: keras.metrics.CategoricalAccuracy (2.15).
public struct CategoricalAccuracy: MeanMetric {
    public let name: String
    public var mean = WeightedMean()

    public init(name: String = "categorical_accuracy") { self.name = name }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        try equal(argmax(labels, axis: -1), argmax(predictions, axis: -1))
    }
}
