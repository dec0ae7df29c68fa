import Operators
import TensorCore

/// The mean of `max(1 − y·p, 0)²` over the last axis; labels that are all 0 or 1 become −1 and 1.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.SquaredHinge (2.15).
public struct SquaredHinge: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "squared_hinge" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try meanOfLast(square(relu(1 - signed(labels) * predictions)))
    }
}
