import Operators
import TensorCore

/// How much the differences within an example differ from those within its labels, summed over the batch:
/// `2Σd²/(n − 1) − 2(Σd)²/(n(n − 1))` for the n elements of an example and `d = prediction − label`, times its weight.
///
/// - Parameter weights: one for each example, `[batch]` or `[batch, 1, …]`, or one for all; those of zero leave their
///   examples out.
/// - Shapes: `labels` and `predictions [batch, ...]` → `[]`.
/// - Source: tf.losses.mean_pairwise_squared_error (TensorFlow 1.8).
public func meanPairwiseSquaredError(
    _ labels: Tensor, _ predictions: Tensor, weights: Tensor? = nil
) throws -> Tensor {
    remembered(try pairwiseSquaredError(labels, predictions, weights))
}

/// The same as a value.
public struct MeanPairwiseSquaredError: Loss {
    public init() {}

    public var name: String { "mean_pairwise_squared_error" }
    public var reduction: LossReduction { .sum }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        try pairwiseValues(labels, predictions, nil)
    }
}

private func pairwiseSquaredError(_ labels: Tensor, _ predictions: Tensor, _ weights: Tensor?) throws -> Tensor {
    let values = try pairwiseValues(labels, predictions, weights)
    guard let weights else { return try sum(values) }
    return try sum(values * fitting(weights, values))
}

/// One value an example, with the example's axes kept at one element.
private func pairwiseValues(_ labels: Tensor, _ predictions: Tensor, _ weights: Tensor?) throws -> Tensor {
    let (labels, predictions) = try aligned(labels, predictions, operator: "mean_pairwise_squared_error")
    guard predictions.rank > 0 else {
        throw TensorError.rankTooSmall(
            operator: "mean_pairwise_squared_error", minimum: 1, received: predictions.shape)
    }
    let difference = try predictions - labels
    let axes = Array(1..<difference.rank)
    var present = try onesLike(difference)
    if let weights { present = try present * cast(notEqual(fitting(weights, difference), 0), to: present.dtype) }
    let count = try sum(present, axes: axes, keepingDimensions: true)
    let squares = try sum(square(difference), axes: axes, keepingDimensions: true)
    let total = try sum(difference, axes: axes, keepingDimensions: true)
    let others = try relu(count - 1)
    return try 2 * divideNoNaN(squares, others) - 2 * divideNoNaN(square(total), count * others)
}
