import Operators
import TensorCore

/// The mean over the last axis of `−y·ln p − (1 − y)·ln(1 − p)`.
///
/// Probabilities are clipped to 1e-7 … 1 − 1e-7, and 1e-7 is added once more inside the logarithms, as Keras does; logits
/// need neither.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.BinaryCrossentropy (2.15).
public struct BinaryCrossentropy: Loss {
    public let fromLogits: Bool
    /// Labels are drawn so far towards one half.
    public let labelSmoothing: Double
    public let reduction: LossReduction

    public init(
        fromLogits: Bool = false, labelSmoothing: Double = 0, reduction: LossReduction = .sumOverBatchSize
    ) {
        self.fromLogits = fromLogits
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public var name: String { "binary_crossentropy" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try meanOfLast(binaryElements(smoothed(labels, labelSmoothing), predictions, fromLogits: fromLogits))
    }
}

/// The cross entropy of each element.
func binaryElements(_ labels: Tensor, _ predictions: Tensor, fromLogits: Bool) throws(TensorError) -> Tensor {
    if fromLogits { return try Operators.sigmoidCrossEntropy(logits: predictions, labels: labels) }
    let p = try clip(predictions, kerasEpsilon, 1 - kerasEpsilon)
    return try -(labels * log(p + kerasEpsilon) + (1 - labels) * log(1 - p + kerasEpsilon))
}

/// Labels drawn towards one half.
func smoothed(_ labels: Tensor, _ smoothing: Double) throws(TensorError) -> Tensor {
    smoothing == 0 ? labels : try labels * (1 - smoothing) + 0.5 * smoothing
}

extension BinaryCrossentropy {
    init(configuration: Configuration) throws {
        self.init(
            fromLogits: try configuration.bool("from_logits", default: false),
            labelSmoothing: try configuration.number("label_smoothing", default: 0),
            reduction: try configuration.reduction())
    }
}
