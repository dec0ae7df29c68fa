import Operators
import TensorCore

/// The mean of the squared differences over the last axis.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.MeanSquaredError (2.15).
public struct MeanSquaredError: Loss {
    public let reduction: LossReduction

    public init(reduction: LossReduction = .sumOverBatchSize) { self.reduction = reduction }

    public var name: String { "mean_squared_error" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try meanOfLast(squaredDifference(predictions, labels))
    }
}

extension TensorFlowLoss {
    /// `(prediction − label)²`
    public static func meanSquaredError(_ reduction: LossReduction = .sumByNonzeroWeights) -> TensorFlowLoss {
        TensorFlowLoss("mean_squared_error", reduction) { labels, predictions in
            let (labels, predictions) = try aligned(labels, predictions, operator: "mean_squared_error")
            return try squaredDifference(predictions, labels)
        }
    }
}

/// The weighted squared differences, reduced.
///
/// - Source: tf.losses.mean_squared_error (TensorFlow 1.8).
public func meanSquaredError(
    _ labels: Tensor, _ predictions: Tensor, weights: Tensor? = nil, reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    try TensorFlowLoss.meanSquaredError(reduction).collected(labels, predictions, weights)
}
