import Operators
import TensorCore

/// One step of a long short-term memory: with `[i, f, g, o] = x · kernel + h · recurrent + bias`,
/// `c ← σ(f) ⊙ c + σ(i) ⊙ act(g)`, `h ← σ(o) ⊙ act(c)`.
///
/// - Shapes: `x [batch, inputs]`, h and c `[batch, units]` → h, h, c.
/// - Variables: `kernel [inputs, 4 · units]`, `recurrent_kernel [units, 4 · units]`, `bias [4 · units]`, of which the forget
///   gate's part starts with ones.
/// - Source: Hochreiter and Schmidhuber, *Long short-term memory* (1997); tf.keras.layers.LSTMCell.
public final class LSTMCell: GatedCell, ConfigurableLayer {
    /// Whether the forget gate starts open (Jozefowicz and others, 2015).
    public let unitForgetBias: Bool

    public init(
        _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
        usesBias: Bool = true, unitForgetBias: Bool = true, weights: RecurrentWeights = RecurrentWeights(),
        noise: RecurrentNoise = RecurrentNoise(), isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        self.unitForgetBias = unitForgetBias
        super.init(
            units, activation: activation, recurrentActivation: recurrentActivation, usesBias: usesBias,
            weights: weights, noise: noise, isTrainable: isTrainable, dtype: dtype, name: name)
    }

    override init(_ configuration: LayerConfiguration, isPart: Bool) throws {
        unitForgetBias = try configuration.bool("unit_forget_bias", default: true)
        try super.init(configuration, isPart: isPart)
    }

    public convenience init(configuration: LayerConfiguration) throws { try self.init(configuration, isPart: false) }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        settings.set("unit_forget_bias", unitForgetBias)
    }

    public override var stateShapes: [Shape] { [[units], [units]] }
    override var gates: Int { 4 }

    override var biasInitializer: (any Initializer)? {
        let own = super.biasInitializer ?? .zeros
        return unitForgetBias ? ForgetBias(others: own) : own
    }

    public override func step(
        _ x: Tensor, _ states: [Tensor], noise: [Tensor]
    ) throws -> (output: Tensor, states: [Tensor]) {
        let sums = try x + matmul(heard(states[0], noise), recurrent.required(by: self).value)
        let parts = try split(sums, parts: 4, axis: -1)
        let kept = try recurrentActivation(parts[1]) * states[1]
        let cell = try kept + recurrentActivation(parts[0]) * activation(parts[2])
        let h = try recurrentActivation(parts[3]) * activation(cell)
        return (h, [h, cell])
    }

    public override func sequence(
        _ x: Tensor, from states: [Tensor], mask: Tensor?, goesBackwards: Bool, noise: [Tensor]
    ) throws -> RecurrentResult? {
        guard let fused = try fused(x, noise: noise) else { return nil }
        return try lstm(
            fused.x, kernel: fused.kernel, recurrent: fused.recurrent, bias: fused.bias, states: (states[0], states[1]),
            mask: mask, goesBackwards: goesBackwards, activation: fused.activation, recurrentActivation: fused.gate)
    }
}

/// A bias for four gates, of which the second quarter, the forget gate's, is ones.
struct ForgetBias: Initializer {
    let others: any Initializer

    func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws -> Tensor {
        let value = try others(shape, dtype, random, fullShape: fullShape)
        var parts = try split(value, parts: 4, axis: -1)
        parts[1] = try onesLike(parts[1])
        return try concatenate(parts, axis: -1)
    }
}
