import Operators
import TensorCore

/// Binary cross entropy in which examples that are right already count less: `(1 − pₜ)^γ` times the cross entropy, with pₜ
/// the probability of what is right.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.BinaryFocalCrossentropy (2.15); Lin and others, *Focal Loss for Dense Object Detection* (2017).
public struct BinaryFocalCrossentropy: Loss {
    /// Whether positive labels count α times and negative ones 1 − α times.
    public let balancesClasses: Bool
    public let alpha: Double
    public let gamma: Double
    public let fromLogits: Bool
    public let labelSmoothing: Double
    public let reduction: LossReduction

    public init(
        balancesClasses: Bool = false, alpha: Double = 0.25, gamma: Double = 2, fromLogits: Bool = false,
        labelSmoothing: Double = 0, reduction: LossReduction = .sumOverBatchSize
    ) {
        self.balancesClasses = balancesClasses
        self.alpha = alpha
        self.gamma = gamma
        self.fromLogits = fromLogits
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public var name: String { "binary_focal_crossentropy" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        let y = try smoothed(labels, labelSmoothing)
        let p = try fromLogits ? sigmoid(predictions) : predictions
        let right = try y * p + (1 - y) * (1 - p)
        var values = try pow(1 - right, gamma) * binaryElements(y, predictions, fromLogits: fromLogits)
        if balancesClasses { values = try (y * alpha + (1 - y) * (1 - alpha)) * values }
        return try meanOfLast(values)
    }
}

extension BinaryFocalCrossentropy {
    init(configuration: Configuration) throws {
        self.init(
            balancesClasses: try configuration.bool("apply_class_balancing", default: false),
            alpha: try configuration.number("alpha", default: 0.25),
            gamma: try configuration.number("gamma", default: 2),
            fromLogits: try configuration.bool("from_logits", default: false),
            labelSmoothing: try configuration.number("label_smoothing", default: 0),
            reduction: try configuration.reduction())
    }
}
