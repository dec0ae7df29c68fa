import Operators
import TensorCore

/// One step of a fully connected recurrence: `h ← activation(x · kernel + h · recurrent + bias)`.
///
/// - Shapes: `x [batch, inputs]`, h `[batch, units]` → h, h.
/// - Variables: `kernel [inputs, units]`, `recurrent_kernel [units, units]`, `bias [units]`.
/// - Source: Elman, *Finding structure in time* (1990); tf.keras.layers.SimpleRNNCell.
public final class SimpleRNNCell: KernelCell, ConfigurableLayer {
    public override init(
        _ units: Int, activation: ActivationFunction = .tanh, usesBias: Bool = true,
        weights: RecurrentWeights = RecurrentWeights(), noise: RecurrentNoise = RecurrentNoise(),
        isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        super.init(
            units, activation: activation, usesBias: usesBias, weights: weights, noise: noise, isTrainable: isTrainable,
            dtype: dtype, name: name)
    }

    override init(_ configuration: LayerConfiguration, isPart: Bool) throws {
        try super.init(configuration, isPart: isPart)
    }

    public convenience init(configuration: LayerConfiguration) throws { try self.init(configuration, isPart: false) }

    public override func step(
        _ x: Tensor, _ states: [Tensor], noise: [Tensor]
    ) throws -> (output: Tensor, states: [Tensor]) {
        let h = try activation(x + matmul(heard(states[0], noise), recurrent.required(by: self).value))
        return (h, [h])
    }
}
