import Operators
import TensorCore

/// Minus the cosine of the angle between labels and predictions along an axis.
///
/// - Shapes: `labels` and `predictions` of one shape → values without the axis.
/// - Source: keras.losses.CosineSimilarity (2.15).
public struct CosineSimilarity: Loss {
    public let axis: Int
    public let reduction: LossReduction

    public init(axis: Int = -1, reduction: LossReduction = .sumOverBatchSize) {
        self.axis = axis
        self.reduction = reduction
    }

    public var name: String { "cosine_similarity" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try -sum(l2Normalize(labels, axes: [axis]) * l2Normalize(predictions, axes: [axis]), axis: axis)
    }
}

extension CosineSimilarity {
    init(configuration: Configuration) throws {
        self.init(axis: try configuration.integerIfGiven("axis") ?? -1, reduction: try configuration.reduction())
    }
}
