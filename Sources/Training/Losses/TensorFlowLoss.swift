import Layers
import Operators
import TensorCore

/// A loss of tf.losses: a value for each element, and by default the sum by the number of weights that are not zero.
///
/// In a graph its results are collected, see ``collectedLosses()``. tf.losses computes in float32 whatever comes; this one in
/// the dtype of the predictions.
///
/// - Source: tf.losses (TensorFlow 1.8).
public struct TensorFlowLoss: Loss {
    public let name: String
    public let reduction: LossReduction
    private let elements: @Sendable (_ labels: Tensor, _ predictions: Tensor) throws -> Tensor

    init(
        _ name: String, _ reduction: LossReduction,
        _ elements: @escaping @Sendable (_ labels: Tensor, _ predictions: Tensor) throws -> Tensor
    ) {
        self.name = name
        self.reduction = reduction
        self.elements = elements
    }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor { try elements(labels, predictions) }

    /// The loss, which a graph remembers.
    func collected(_ labels: Tensor, _ predictions: Tensor, _ weights: Tensor?) throws -> Tensor {
        try remembered(self(labels, predictions, weights: weights))
    }
}

/// A loss that the graph remembers.
func remembered(_ loss: Tensor) -> Tensor {
    addLoss(loss)
    return loss
}

/// Makes a loss one of its graph's; nothing where it executes eagerly, and in a plan.
///
/// - Source: tf.losses.add_loss (TensorFlow 1.8).
public func addLoss(_ loss: Tensor) {
    guard let graph = Context.current?.graph, !graph.isTrace else { return }
    VariableScope.current.registry.collections.add([loss], to: .losses)
}

/// The losses that the current graph has collected.
///
/// - Source: tf.losses.get_losses (TensorFlow 1.8).
public func collectedLosses() -> [Tensor] { VariableScope.current.registry.collections.tensors(.losses) }

/// The penalties on variables that the current graph has collected.
///
/// - Source: tf.losses.get_regularization_losses (TensorFlow 1.8).
public func regularizationLosses() -> [Tensor] {
    VariableScope.current.registry.collections.tensors(.regularizationLosses)
}

/// The sum of all that the current graph has collected.
///
/// - Throws: ValueError where there is none.
/// - Source: tf.losses.get_total_loss (TensorFlow 1.8).
public func totalLoss(addingRegularization: Bool = true) throws -> Tensor {
    let losses = collectedLosses() + (addingRegularization ? regularizationLosses() : [])
    guard var total = losses.first else { throw TrainingError(.value, "The graph has collected no losses.") }
    for loss in losses.dropFirst() { total = try total + loss }
    return total
}

/// The weighted sum of given values, reduced as asked.
///
/// - Source: tf.losses.compute_weighted_loss (TensorFlow 1.8).
public func weightedLoss(
    _ values: Tensor, weights: Tensor? = nil, reduction: LossReduction = .sumByNonzeroWeights
) throws -> Tensor {
    remembered(try reduction(values, weights: weights))
}
