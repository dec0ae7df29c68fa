import Operators
import TensorCore

/// How far predictions are from the labels.
///
/// A loss has a value for each example or each element, which weights multiply and a reduction makes into one number. It is
/// written in operators, so it runs eagerly, in a graph and in a plan.
public protocol Loss: Sendable {
    /// As catalogs and logs know it, `mean_squared_error`.
    var name: String { get }

    /// What becomes of the values.
    var reduction: LossReduction { get }

    /// The losses one by one, before weights.
    func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor

    /// Which of the values count, in their shape, bool; nil for all.
    func validity(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor?
}

extension Loss {
    public func validity(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor? { nil }

    /// The loss.
    ///
    /// - Parameter weights: of the shape of the values, or broadcastable to it; nil for ones.
    /// - Returns: `[]`, or the weighted values where the reduction is none.
    /// - Throws: `TensorError.shapeMismatch` and the like for labels, predictions or weights that do not fit.
    public func callAsFunction(_ labels: Tensor, _ predictions: Tensor, weights: Tensor? = nil) throws -> Tensor {
        let values = try values(labels, predictions)
        var weights = weights
        if let mask = try validity(labels, predictions) {
            // As many values as there are count for those that do not.
            let valid = try cast(mask, to: values.dtype)
            let share = try divideNoNaN(sum(onesLike(valid)), sum(valid))
            let factor = reduction == .sumOverBatchSize ? try valid * share : valid
            weights = if let given = weights { try factor * fitting(given, values) } else { factor }
        }
        return try reduction(values, weights: weights)
    }
}

/// How the values of a loss become one number.
///
/// - Source: tf.losses.Reduction (TensorFlow 1.8), keras.losses.Reduction (2.15).
public enum LossReduction: String, Sendable, CaseIterable {
    /// The weighted values, each by itself.
    case none
    case sum
    /// The sum by the sum of the weights.
    case mean
    /// The sum by the number of values, whatever their weights.
    case sumOverBatchSize = "sum_over_batch_size"
    /// The sum by the number of weights that are not zero; zero where all are.
    case sumByNonzeroWeights = "sum_by_nonzero_weights"

    /// The reduction that a configuration names, in Keras's words or TensorFlow's.
    public init?(name: String) {
        switch name.lowercased() {
        case "auto", "sum_over_batch_size": self = .sumOverBatchSize
        case "none": self = .none
        case "sum": self = .sum
        case "mean", "weighted_mean": self = .mean
        case "sum_by_nonzero_weights", "sum_over_nonzero_weights": self = .sumByNonzeroWeights
        default: return nil
        }
    }

    /// The reduced values.
    ///
    /// - Source: tf.losses.compute_weighted_loss (TensorFlow 1.8).
    public func callAsFunction(_ values: Tensor, weights: Tensor? = nil) throws -> Tensor {
        guard let weights else {
            switch self {
            case .none: return values
            case .sum: return try Operators.sum(values)
            case .mean, .sumOverBatchSize, .sumByNonzeroWeights: return try Operators.mean(values)
            }
        }
        let fitted = try fitting(weights, values)
        let weighted = try values * fitted
        if self == .none { return weighted }
        let total = try Operators.sum(weighted)
        switch self {
        case .none, .sum: return total
        case .mean: return try divideNoNaN(total, Operators.sum(stretched(fitted, values)))
        case .sumOverBatchSize: return try divideNoNaN(total, Operators.sum(onesLike(values)))
        case .sumByNonzeroWeights:
            let present = try cast(notEqual(stretched(fitted, values), 0), to: values.dtype)
            return try divideNoNaN(total, Operators.sum(present))
        }
    }
}

/// Weights as many as there are values.
private func stretched(_ weights: Tensor, _ values: Tensor) throws(TensorError) -> Tensor {
    weights.shape == values.shape ? weights : try weights * onesLike(values)
}

/// Weights in the dtype and the rank of the values that they are for.
///
/// - Throws: `TensorError.shapeMismatch` for weights that cannot be stretched to the values.
func fitting(_ weights: Tensor, _ values: Tensor) throws(TensorError) -> Tensor {
    var fitted = try weights.dtype == values.dtype ? weights : cast(weights, to: values.dtype)
    if fitted.rank == values.rank + 1, fitted.shape.last == 1 {
        fitted = try squeeze(fitted, axes: [-1])
    } else if fitted.rank > 0 {
        while fitted.rank < values.rank { fitted = try expandDimensions(fitted, axes: [-1]) }
    }
    guard fitted.rank <= values.rank else {
        throw .shapeMismatch(
            operator: "weighted loss", left: values.shape, right: weights.shape, rule: "weights have the losses' shape")
    }
    for axis in 0..<fitted.rank where fitted.shape[axis] > 1 {
        guard values.shape[axis] < 0 || fitted.shape[axis] == values.shape[axis] else {
            throw .shapeMismatch(
                operator: "weighted loss", left: values.shape, right: weights.shape,
                rule: "each extent of the weights is the losses' or one")
        }
    }
    return fitted
}

/// Labels and predictions of one rank, where one has a last axis of one element more, and the labels in the predictions'
/// dtype.
///
/// - Throws: `TensorError.shapeMismatch` where they do not fit.
func aligned(
    _ labels: Tensor, _ predictions: Tensor, operator name: String
) throws(TensorError) -> (labels: Tensor, predictions: Tensor) {
    var (labels, predictions) = (labels, predictions)
    if labels.dtype != predictions.dtype { labels = try cast(labels, to: predictions.dtype) }
    if predictions.rank == labels.rank + 1, predictions.shape.last == 1 {
        predictions = try squeeze(predictions, axes: [-1])
    } else if labels.rank == predictions.rank + 1, labels.shape.last == 1 {
        labels = try squeeze(labels, axes: [-1])
    }
    guard predictions.shape.accepts(labels.shape) else {
        throw .shapeMismatch(
            operator: name, left: predictions.shape, right: labels.shape, rule: "labels and predictions have one shape")
    }
    return (labels, predictions)
}

/// The mean over the last axis: one value an example; a scalar is its own.
func meanOfLast(_ values: Tensor) throws(TensorError) -> Tensor {
    values.rank == 0 ? values : try mean(values, axis: -1)
}
