import Operators
import TensorCore

/// The mean of `max(1 − y·p, 0)` over the last axis; labels that are all 0 or 1 become −1 and 1.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.Hinge (2.15).
public struct Hinge: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "hinge" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try meanOfLast(relu(1 - signed(labels) * predictions))
    }
}

extension TensorFlowLoss {
    /// `max(1 − y·logit, 0)` with labels of 0 and 1 made −1 and 1.
    public static func hinge(_ reduction: LossReduction = .sumByNonzeroWeights) -> TensorFlowLoss {
        TensorFlowLoss("hinge_loss", reduction) { labels, logits in
            let (labels, logits) = try aligned(labels, logits, operator: "hinge_loss")
            return try relu(1 - (2 * labels - 1) * logits)
        }
    }
}

/// The weighted hinge losses of scores, reduced.
///
/// - Parameter labels: 0 or 1.
/// - Source: tf.losses.hinge_loss (TensorFlow 1.8).
public func hingeLoss(
    _ labels: Tensor, _ logits: Tensor, weights: Tensor? = nil, reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    try TensorFlowLoss.hinge(reduction).collected(labels, logits, weights)
}

/// Labels of −1 and 1, made from those of 0 and 1 where all are such.
func signed(_ labels: Tensor) throws(TensorError) -> Tensor {
    let isBinary = try all(logicalOr(equal(labels, 0), equal(labels, 1)))
    return try select(isBinary, 2 * labels - 1, labels)
}
