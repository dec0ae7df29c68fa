import TensorCore

/// A gated recurrent unit; the step is ``GRUCell``'s, shapes as in ``RecurrentLayer``.
///
/// - Source: tf.keras.layers.GRU, whose reset gate comes after the product since 2.0.
public final class GRU: RecurrentLayer, ConfigurableLayer {
    public init(
        _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
        usesBias: Bool = true, resetsAfter: Bool = true, weights: RecurrentWeights = RecurrentWeights(),
        noise: RecurrentNoise = RecurrentNoise(), sequence: SequenceSettings = SequenceSettings(),
        isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        let cell = GRUCell(
            units, activation: activation, recurrentActivation: recurrentActivation, usesBias: usesBias,
            resetsAfter: resetsAfter, weights: weights, noise: noise, name: "gru_cell")
        super.init(cell, as: nil, sequence, isTrainable: isTrainable, dtype: dtype, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        try super.init(configuration, GRUCell(configuration, isPart: true), as: "gru_cell")
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        cell.writeSettings(&settings)
    }
}
