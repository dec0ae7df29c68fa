import Glibc
import Operators
import TensorCore

/// The mean of `ln cosh(prediction − label)` over the last axis: squares near zero, absolute differences far away.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.LogCosh (2.15).
public struct LogCosh: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "log_cosh" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        let difference = try predictions - labels
        return try meanOfLast(difference + softplus(difference * -2) - Glibc.log(2.0))
    }
}
