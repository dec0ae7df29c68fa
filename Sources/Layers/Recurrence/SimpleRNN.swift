import TensorCore

/// A fully connected recurrent layer; the step is ``SimpleRNNCell``'s, shapes as in ``RecurrentLayer``.
///
/// - Source: tf.keras.layers.SimpleRNN.
public final class SimpleRNN: RecurrentLayer, ConfigurableLayer {
    public init(
        _ units: Int, activation: ActivationFunction = .tanh, usesBias: Bool = true,
        weights: RecurrentWeights = RecurrentWeights(), noise: RecurrentNoise = RecurrentNoise(),
        sequence: SequenceSettings = SequenceSettings(), isTrainable: Bool = true, dtype: DType? = nil,
        name: String? = nil
    ) {
        let cell = SimpleRNNCell(
            units, activation: activation, usesBias: usesBias, weights: weights, noise: noise, name: "simple_rnn_cell")
        super.init(cell, as: nil, sequence, isTrainable: isTrainable, dtype: dtype, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        try super.init(configuration, SimpleRNNCell(configuration, isPart: true), as: "simple_rnn_cell")
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        cell.writeSettings(&settings)
    }
}
