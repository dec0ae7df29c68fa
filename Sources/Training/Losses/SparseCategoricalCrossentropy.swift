import Operators
import TensorCore

/// `−ln p` of the right class, for labels that are the classes' numbers.
///
/// Probabilities are clipped to 1e-7 … 1 − 1e-7 and divided by their sum; logits need neither.
///
/// - Shapes: `labels [...]` or `[..., 1]`, `predictions [..., classes]` → values `[...]`.
/// - Throws: `TensorError.indexOutOfRange` for a label that names no class.
/// - Source: keras.losses.SparseCategoricalCrossentropy (2.15).
public struct SparseCategoricalCrossentropy: Loss {
    public let fromLogits: Bool
    /// Labels of this number do not count.
    public let ignoredClass: Int?
    public let reduction: LossReduction

    public init(
        fromLogits: Bool = false, ignoredClass: Int? = nil, reduction: LossReduction = .sumOverBatchSize
    ) {
        self.fromLogits = fromLogits
        self.ignoredClass = ignoredClass
        self.reduction = reduction
    }

    public var name: String { "sparse_categorical_crossentropy" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        var labels = try classNumbers(labels, predictions)
        let mask = try validity(labels, predictions)
        if let mask { labels = try select(mask, labels, zerosLike(labels)) }
        let logits = try fromLogits ? predictions : log(clip(predictions, kerasEpsilon, 1 - kerasEpsilon))
        let values = try sparseSoftmaxCrossEntropy(logits: logits, labels: labels)
        return try mask.map { try select($0, values, zerosLike(values)) } ?? values
    }

    public func validity(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor? {
        guard let ignoredClass else { return nil }
        return try notEqual(classNumbers(labels, predictions), Double(ignoredClass))
    }
}

/// Labels as whole numbers, one for each row of the predictions.
func classNumbers(_ labels: Tensor, _ predictions: Tensor) throws(TensorError) -> Tensor {
    var labels = labels
    if labels.dtype != .int32 && labels.dtype != .int64 { labels = try cast(labels, to: .int64) }
    if labels.rank == predictions.rank, labels.shape.last == 1 { labels = try squeeze(labels, axes: [-1]) }
    return labels
}

extension SparseCategoricalCrossentropy {
    init(configuration: Configuration) throws {
        self.init(
            fromLogits: try configuration.bool("from_logits", default: false),
            ignoredClass: try configuration.integerIfGiven("ignore_class"), reduction: try configuration.reduction())
    }
}
