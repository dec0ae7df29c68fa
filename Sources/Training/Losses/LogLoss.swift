import Operators
import TensorCore

extension TensorFlowLoss {
    /// `−y·ln(p + ε) − (1 − y)·ln(1 − p + ε)`
    public static func log(
        epsilon: Double = 1e-7, _ reduction: LossReduction = .sumByNonzeroWeights
    ) -> TensorFlowLoss {
        TensorFlowLoss("log_loss", reduction) { labels, predictions in
            let (y, p) = try aligned(labels, predictions, operator: "log_loss")
            return try -(y * Operators.log(p + epsilon)) - (1 - y) * Operators.log(1 - p + epsilon)
        }
    }
}

/// The weighted logarithmic losses of probabilities, reduced.
///
/// - Parameter epsilon: keeps logarithms finite.
/// - Source: tf.losses.log_loss (TensorFlow 1.8).
public func logLoss(
    _ labels: Tensor, _ predictions: Tensor, weights: Tensor? = nil, epsilon: Double = 1e-7,
    reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    try TensorFlowLoss.log(epsilon: epsilon, reduction).collected(labels, predictions, weights)
}
