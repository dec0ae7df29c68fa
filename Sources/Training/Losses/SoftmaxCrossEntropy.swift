import Operators
import TensorCore

extension TensorFlowLoss {
    /// The cross entropy of each row between labels of one class in one place and the softmax of scores.
    ///
    /// - Parameter labelSmoothing: labels are drawn so far towards all classes alike.
    public static func softmaxCrossEntropy(
        labelSmoothing: Double = 0, _ reduction: LossReduction = .sumByNonzeroWeights
    ) -> TensorFlowLoss {
        TensorFlowLoss("softmax_cross_entropy", reduction) { labels, logits in
            let (labels, logits) = try aligned(labels, logits, operator: "softmax_cross_entropy")
            return try Operators.softmaxCrossEntropy(
                logits: logits, labels: spread(labels, labelSmoothing))
        }
    }
}

/// The weighted cross entropies of scores for one right class a row, given in one place of many, reduced.
///
/// - Shapes: `labels` and `logits [..., classes]`; weights as the values, `[...]`.
/// - Source: tf.losses.softmax_cross_entropy (TensorFlow 1.8).
public func softmaxCrossEntropy(
    _ labels: Tensor, _ logits: Tensor, weights: Tensor? = nil, labelSmoothing: Double = 0,
    reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    try TensorFlowLoss.softmaxCrossEntropy(labelSmoothing: labelSmoothing, reduction)
        .collected(labels, logits, weights)
}

/// Labels drawn towards all classes of the last axis alike.
func spread(_ labels: Tensor, _ smoothing: Double) throws(TensorError) -> Tensor {
    guard smoothing != 0 else { return labels }
    guard let classes = labels.shape.last, classes > 0 else {
        throw .symbolic(operator: "label smoothing over an unknown number of classes")
    }
    return try labels * (1 - smoothing) + smoothing / Double(classes)
}
