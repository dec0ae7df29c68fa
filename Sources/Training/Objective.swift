import Layers
import Operators
import TensorCore

/// What a network is trained for: a loss for each of its outputs, weighted and added up, and the penalties of its layers.
public struct Objective: Sendable {
    public let losses: [any Loss]
    /// How much each loss counts.
    public let lossWeights: [Double]

    /// - Parameters:
    ///   - losses: one for each output, or one for all of them.
    ///   - lossWeights: as many as losses; nil for ones.
    /// - Throws: ValueError when the numbers do not fit.
    public init(_ losses: [any Loss], lossWeights: [Double]? = nil) throws {
        guard !losses.isEmpty else { throw TrainingError(.value, "an objective needs a loss") }
        guard lossWeights == nil || lossWeights?.count == losses.count || losses.count == 1 else {
            throw TrainingError(
                .value, "there are \(losses.count) losses, but \(lossWeights?.count ?? 0) weights for them")
        }
        self.losses = losses
        self.lossWeights = lossWeights ?? Array(repeating: 1, count: losses.count)
    }

    public init(_ loss: any Loss) {
        losses = [loss]
        lossWeights = [1]
    }

    /// The value of the objective.
    struct Value {
        /// All together, `[]`.
        let total: Tensor
        /// Of each output by itself, unweighted.
        let parts: [Tensor]
        let outputs: [Tensor]
    }

    /// Applies the network and computes its losses, in whichever way the moment asks for.
    ///
    /// - Parameter sampleWeights: none, one for all outputs, or one for each.
    func callAsFunction(
        _ network: Network, _ inputs: [Tensor], _ targets: [Tensor], sampleWeights: [Tensor], training: Bool
    ) throws -> Value {
        var options = CallOptions()
        if network.accepts.contains(.training) { options.training = training }
        let collector = LossCollector()
        let outputs = try collector.collect { try network(Tensors(inputs), options) }.array
        guard losses.count == 1 || losses.count == outputs.count, targets.count == outputs.count else {
            throw TrainingError(
                .value,
                "the network has \(outputs.count) outputs, but there are \(losses.count) losses and \(targets.count) targets"
            )
        }
        guard sampleWeights.count <= 1 || sampleWeights.count == outputs.count else {
            throw TrainingError(
                .value, "the network has \(outputs.count) outputs, but there are \(sampleWeights.count) sample weights")
        }
        var parts: [Tensor] = []
        var terms: [Tensor] = []
        for (index, output) in outputs.enumerated() {
            let loss = losses.count == 1 ? losses[0] : losses[index]
            guard loss.reduction != .none else {
                throw TrainingError(.value, "loss '\(loss.name)' must be reduced to one number to be trained on")
            }
            let weights = sampleWeights.isEmpty ? nil : sampleWeights[sampleWeights.count == 1 ? 0 : index]
            let part = try loss(targets[index], output, weights: weights)
            parts.append(part)
            let weight = lossWeights.count == 1 ? lossWeights[0] : lossWeights[index]
            terms.append(weight == 1 ? part : try part * weight)
        }
        terms += try network.losses + collector.losses
        var total = terms[0]
        for term in terms.dropFirst() {
            total = try total + (term.dtype == total.dtype ? term : cast(term, to: total.dtype))
        }
        return Value(total: total, parts: parts, outputs: outputs)
    }
}
