import TensorCore

/// A long short-term memory; the step is ``LSTMCell``'s, shapes as in ``RecurrentLayer`` with the states h and c.
///
/// ```swift
/// let layer = LSTM(64, sequence: SequenceSettings(returnsSequences: true))
/// ```
/// - Source: tf.keras.layers.LSTM.
public final class LSTM: RecurrentLayer, ConfigurableLayer {
    public init(
        _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
        usesBias: Bool = true, unitForgetBias: Bool = true, weights: RecurrentWeights = RecurrentWeights(),
        noise: RecurrentNoise = RecurrentNoise(), sequence: SequenceSettings = SequenceSettings(),
        isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        let cell = LSTMCell(
            units, activation: activation, recurrentActivation: recurrentActivation, usesBias: usesBias,
            unitForgetBias: unitForgetBias, weights: weights, noise: noise, name: "lstm_cell")
        super.init(cell, as: nil, sequence, isTrainable: isTrainable, dtype: dtype, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        try super.init(configuration, LSTMCell(configuration, isPart: true), as: "lstm_cell")
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        cell.writeSettings(&settings)
    }
}
