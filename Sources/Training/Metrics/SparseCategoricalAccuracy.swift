import Operators
import TensorCore

/// How often the greatest prediction is the class that the label names.
///
/// - Shapes: `labels [...]` or `[..., 1]`, `predictions [..., classes]`.
/// - Source: keras.metrics.SparseCategoricalAccuracy (2.15).
public struct SparseCategoricalAccuracy: MeanMetric {
    public let name: String
    public var mean = WeightedMean()

    public init(name: String = "sparse_categorical_accuracy") { self.name = name }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let classes = try cast(classNumbers(labels, predictions), to: .int64)
        return try equal(classes, argmax(predictions, axis: -1))
    }
}
