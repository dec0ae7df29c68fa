import Operators
import TensorCore

/// The mean over the last axis of `½e²` where `|e| ≤ δ`, else `δ|e| − ½δ²`.
///
/// - Shapes: `labels` and `predictions [..., n]` → values `[...]`.
/// - Source: keras.losses.Huber (2.15).
public struct Huber: Loss {
    public let delta: Double
    public let reduction: LossReduction

    public init(delta: Double = 1, reduction: LossReduction = .sumOverBatchSize) {
        self.delta = delta
        self.reduction = reduction
    }

    public var name: String { "huber_loss" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try meanOfLast(huberElements(predictions - labels, delta))
    }
}

extension TensorFlowLoss {
    /// `½e²` where `|e| ≤ δ`, else `δ|e| − ½δ²`
    public static func huber(
        delta: Double = 1, _ reduction: LossReduction = .sumByNonzeroWeights
    ) -> TensorFlowLoss {
        TensorFlowLoss("huber_loss", reduction) { labels, predictions in
            let (labels, predictions) = try aligned(labels, predictions, operator: "huber_loss")
            return try huberElements(predictions - labels, delta)
        }
    }
}

/// The weighted Huber losses, reduced.
///
/// - Parameter delta: from which error on they grow in a straight line.
/// - Source: tf.losses.huber_loss (TensorFlow 1.8); Huber, *Robust Estimation of a Location Parameter* (1964).
public func huberLoss(
    _ labels: Tensor, _ predictions: Tensor, weights: Tensor? = nil, delta: Double = 1,
    reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    try TensorFlowLoss.huber(delta: delta, reduction).collected(labels, predictions, weights)
}

/// With q the part of |e| up to δ: `½q² + δ(|e| − q)`.
private func huberElements(_ error: Tensor, _ delta: Double) throws(TensorError) -> Tensor {
    let size = try abs(error)
    let quadratic = try minimum(size, delta)
    return try 0.5 * square(quadratic) + delta * (size - quadratic)
}

extension Huber {
    init(configuration: Configuration) throws {
        self.init(delta: try configuration.number("delta", default: 1), reduction: try configuration.reduction())
    }
}
