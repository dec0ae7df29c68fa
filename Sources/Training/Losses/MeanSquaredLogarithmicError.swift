import Operators
import TensorCore

/// The mean of the squared differences of `ln(1 + x)` over the last axis, x clipped below at 1e-7.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.MeanSquaredLogarithmicError (2.15).
public struct MeanSquaredLogarithmicError: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "mean_squared_logarithmic_error" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        let difference = try log1p(maximum(predictions, kerasEpsilon)) - log1p(maximum(labels, kerasEpsilon))
        return try meanOfLast(square(difference))
    }
}
