import Operators
import TensorCore

extension TensorFlowLoss {
    /// `1 − Σ y·p` along an axis, which stays with one element; both are taken as normalized already.
    public static func cosineDistance(
        axis: Int = -1, _ reduction: LossReduction = .sumByNonzeroWeights
    ) -> TensorFlowLoss {
        TensorFlowLoss("cosine_distance", reduction) { labels, predictions in
            let (labels, predictions) = try aligned(labels, predictions, operator: "cosine_distance")
            return try 1 - sum(labels * predictions, axis: axis, keepingDimension: true)
        }
    }
}

/// The weighted distances between normalized labels and predictions, reduced.
///
/// - Source: tf.losses.cosine_distance (TensorFlow 1.8).
public func cosineDistance(
    _ labels: Tensor, _ predictions: Tensor, axis: Int, weights: Tensor? = nil,
    reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    try TensorFlowLoss.cosineDistance(axis: axis, reduction).collected(labels, predictions, weights)
}
