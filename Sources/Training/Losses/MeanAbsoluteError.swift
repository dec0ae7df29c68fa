import Operators
import TensorCore

/// The mean of the absolute differences over the last axis.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.MeanAbsoluteError (2.15).
public struct MeanAbsoluteError: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "mean_absolute_error" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try meanOfLast(abs(predictions - labels))
    }
}

extension TensorFlowLoss {
    /// `|prediction − label|`
    public static func absoluteDifference(_ reduction: LossReduction = .sumByNonzeroWeights) -> TensorFlowLoss {
        TensorFlowLoss("absolute_difference", reduction) { labels, predictions in
            let (labels, predictions) = try aligned(labels, predictions, operator: "absolute_difference")
            return try abs(predictions - labels)
        }
    }
}

/// The weighted absolute differences, reduced.
///
/// - Source: tf.losses.absolute_difference (TensorFlow 1.8).
public func absoluteDifference(
    _ labels: Tensor, _ predictions: Tensor, weights: Tensor? = nil, reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    try TensorFlowLoss.absoluteDifference(reduction).collected(labels, predictions, weights)
}
