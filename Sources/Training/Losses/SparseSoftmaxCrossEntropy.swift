import Operators
import TensorCore

extension TensorFlowLoss {
    /// The cross entropy of each row between the class of a number and the softmax of scores.
    public static func sparseSoftmaxCrossEntropy(
        _ reduction: LossReduction = .sumByNonzeroWeights
    ) -> TensorFlowLoss {
        TensorFlowLoss("sparse_softmax_cross_entropy", reduction) { labels, logits in
            try Operators.sparseSoftmaxCrossEntropy(logits: logits, labels: classNumbers(labels, logits))
        }
    }
}

/// The weighted cross entropies of scores for one right class a row, given by its number, reduced.
///
/// - Shapes: `labels [...]` or `[..., 1]`, `logits [..., classes]`; weights as the values, `[...]`.
/// - Throws: `TensorError.indexOutOfRange` for a label that names no class.
/// - Source: tf.losses.sparse_softmax_cross_entropy (TensorFlow 1.8).
public func sparseSoftmaxCrossEntropy(
    _ labels: Tensor, _ logits: Tensor, weights: Tensor? = nil, reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    try TensorFlowLoss.sparseSoftmaxCrossEntropy(reduction).collected(labels, logits, weights)
}
