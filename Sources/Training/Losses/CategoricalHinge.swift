import Operators
import TensorCore

/// `max(0, max((1 − y)·p) − Σ y·p + 1)` over the last axis.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.CategoricalHinge (2.15).
public struct CategoricalHinge: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "categorical_hinge" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        let wrong = try max((1 - labels) * predictions, axis: -1)
        return try relu(wrong - sum(labels * predictions, axis: -1) + 1)
    }
}
