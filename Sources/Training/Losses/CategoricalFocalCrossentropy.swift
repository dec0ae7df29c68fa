import Operators
import TensorCore

/// Categorical cross entropy in which examples that are right already count less: `Σ −α(1 − p)^γ · y·ln p` over the
/// classes.
///
/// - Shapes: `labels` and `predictions [..., classes]` → values `[...]`.
/// - Source: keras.losses.CategoricalFocalCrossentropy (2.15).
public struct CategoricalFocalCrossentropy: Loss {
    public let alpha: Double
    public let gamma: Double
    public let fromLogits: Bool
    public let labelSmoothing: Double
    public let reduction: LossReduction

    public init(
        alpha: Double = 0.25, gamma: Double = 2, fromLogits: Bool = false, labelSmoothing: Double = 0,
        reduction: LossReduction = .sumOverBatchSize
    ) {
        self.alpha = alpha
        self.gamma = gamma
        self.fromLogits = fromLogits
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public var name: String { "categorical_focal_crossentropy" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        let p = try normalizedProbabilities(fromLogits ? softmax(predictions) : predictions)
        let surprise = try -(spread(labels, labelSmoothing) * log(p))
        return try sum(alpha * pow(1 - p, gamma) * surprise, axis: -1)
    }
}

extension CategoricalFocalCrossentropy {
    init(configuration: Configuration) throws {
        self.init(
            alpha: try configuration.number("alpha", default: 0.25),
            gamma: try configuration.number("gamma", default: 2),
            fromLogits: try configuration.bool("from_logits", default: false),
            labelSmoothing: try configuration.number("label_smoothing", default: 0),
            reduction: try configuration.reduction())
    }
}
