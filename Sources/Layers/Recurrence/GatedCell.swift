import Operators
import TensorCore

/// A ``KernelCell`` with gates, which have an activation of their own.
public class GatedCell: KernelCell {
    /// The gates' activation.
    public let recurrentActivation: ActivationFunction

    init(
        _ units: Int, activation: ActivationFunction, recurrentActivation: ActivationFunction, usesBias: Bool,
        weights: RecurrentWeights, noise: RecurrentNoise, isTrainable: Bool, dtype: DType?, name: String?
    ) {
        self.recurrentActivation = recurrentActivation
        super.init(
            units, activation: activation, usesBias: usesBias, weights: weights, noise: noise, isTrainable: isTrainable,
            dtype: dtype, name: name)
    }

    override init(_ configuration: LayerConfiguration, isPart: Bool) throws {
        recurrentActivation = try configuration.activation("recurrent_activation", default: .sigmoid)
        try super.init(configuration, isPart: isPart)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        settings.set("recurrent_activation", recurrentActivation)
    }

    /// What the operators of whole sequences need of a cell; nil where they do not have its functions, or where noise
    /// must be minded at each step.
    struct Fused {
        let x: Tensor
        let kernel: Tensor
        let recurrent: Tensor
        let bias: Tensor?
        let activation: OutputActivation
        let gate: OutputActivation
    }

    final func fused(_ x: Tensor, noise: [Tensor]) throws -> Fused? {
        guard let activation = activation.fused, let gate = recurrentActivation.fused,
            let x = try sequenceInput(x, noise)
        else { return nil }
        return Fused(
            x: x, kernel: try kernel.required(by: self).value, recurrent: try recurrent.required(by: self).value,
            bias: try bias?.value, activation: activation, gate: gate)
    }
}
