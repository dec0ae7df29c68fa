import Operators
import TensorCore

/// A hundred times the mean of `|label − prediction| / max(|label|, 1e-7)` over the last axis.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.MeanAbsolutePercentageError (2.15).
public struct MeanAbsolutePercentageError: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "mean_absolute_percentage_error" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try 100 * meanOfLast(abs((labels - predictions) / maximum(abs(labels), kerasEpsilon)))
    }
}
