import Operators
import TensorCore

/// `Σ y·ln(y/p)` over the last axis, both clipped to 1e-7 … 1.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.KLDivergence (2.15).
public struct KLDivergence: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "kl_divergence" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        let y = try clip(labels, kerasEpsilon, 1)
        return try sum(y * log(y / clip(predictions, kerasEpsilon, 1)), axis: -1)
    }
}
