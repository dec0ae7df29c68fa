import TensorCore

/// The accuracy that fits the shapes, as Keras picks it for the name `accuracy`: binary for one prediction an example,
/// sparse where labels are class numbers, else categorical.
///
/// - Source: keras.engine.compile_utils.MetricsContainer (2.15).
public struct AutomaticAccuracy: MeanMetric {
    public let name: String
    public var mean = WeightedMean()

    public init(name: String = "accuracy") { self.name = name }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        if predictions.rank == 0 || predictions.shape.last == 1 || predictions.rank < labels.rank {
            return try BinaryAccuracy().values(labels, predictions)
        }
        if labels.rank < predictions.rank || labels.shape.last == 1 {
            return try SparseCategoricalAccuracy().values(labels, predictions)
        }
        return try CategoricalAccuracy().values(labels, predictions)
    }
}
