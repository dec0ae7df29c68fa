import Operators
import TensorCore

/// The cross entropy between labels and the sigmoid of scores, element by element, with positive labels counted `positiveWeight` times.
///
/// - Source: tf.nn.weighted_cross_entropy_with_logits (TensorFlow 1.8).
public func weightedCrossEntropy(
    logits: Tensor, labels: Tensor, positiveWeight: Double
) throws(TensorError) -> Tensor {
    // (1 − y)·x + (1 + (w − 1)·y)·softplus(−x)
    let weight = try (positiveWeight - 1) * labels + 1
    return try (1 - labels) * logits + weight * softplus(-logits)
}

/// `½Σx²`
///
/// - Source: tf.nn.l2_loss (TensorFlow 1.8).
public func l2Loss(_ x: Tensor) throws(TensorError) -> Tensor { try 0.5 * sum(square(x)) }

extension TensorFlowLoss {
    /// The cross entropy of each element of many labels that hold or do not.
    ///
    /// - Parameter labelSmoothing: labels are drawn so far towards one half.
    public static func sigmoidCrossEntropy(
        labelSmoothing: Double = 0, _ reduction: LossReduction = .sumByNonzeroWeights
    ) -> TensorFlowLoss {
        TensorFlowLoss("sigmoid_cross_entropy", reduction) { labels, logits in
            let (labels, logits) = try aligned(labels, logits, operator: "sigmoid_cross_entropy")
            return try Operators.sigmoidCrossEntropy(logits: logits, labels: smoothed(labels, labelSmoothing))
        }
    }
}

/// The weighted cross entropies of scores for many labels that hold or do not, reduced.
///
/// - Source: tf.losses.sigmoid_cross_entropy (TensorFlow 1.8).
public func sigmoidCrossEntropy(
    _ labels: Tensor, _ logits: Tensor, weights: Tensor? = nil, labelSmoothing: Double = 0,
    reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    try TensorFlowLoss.sigmoidCrossEntropy(labelSmoothing: labelSmoothing, reduction)
        .collected(labels, logits, weights)
}
