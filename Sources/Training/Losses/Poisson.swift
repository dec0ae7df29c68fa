import Operators
import TensorCore

/// The mean of `p − y·ln(p + 1e-7)` over the last axis.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.Poisson (2.15).
public struct Poisson: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "poisson" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try meanOfLast(predictions - labels * log(predictions + kerasEpsilon))
    }
}
