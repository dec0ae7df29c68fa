import Operators
import TensorCore

/// One step of a gated recurrent unit: `h ← z ⊙ h + (1 − z) ⊙ g` with the gates z and r, and `g = act(xg + r ⊙ (h · Rg + b₁))` where
/// the reset gate comes after the product, else `g = act(xg + (r ⊙ h) · Rg)`.
///
/// - Shapes: `x [batch, inputs]`, h `[batch, units]` → h, h.
/// - Variables: `kernel [inputs, 3 · units]`, `recurrent_kernel [units, 3 · units]`, `bias [2, 3 · units]`, or `[3 · units]`
///   where the reset gate comes before the product.
/// - Source: Cho and others, *Learning phrase representations using RNN encoder-decoder* (2014); tf.keras.layers.GRUCell.
public final class GRUCell: GatedCell, ConfigurableLayer {
    /// Whether the reset gate comes after the state's product rather than before.
    public let resetsAfter: Bool

    public init(
        _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
        usesBias: Bool = true, resetsAfter: Bool = true, weights: RecurrentWeights = RecurrentWeights(),
        noise: RecurrentNoise = RecurrentNoise(), isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        self.resetsAfter = resetsAfter
        super.init(
            units, activation: activation, recurrentActivation: recurrentActivation, usesBias: usesBias,
            weights: weights, noise: noise, isTrainable: isTrainable, dtype: dtype, name: name)
    }

    override init(_ configuration: LayerConfiguration, isPart: Bool) throws {
        resetsAfter = try configuration.bool("reset_after", default: true)
        try super.init(configuration, isPart: isPart)
    }

    public convenience init(configuration: LayerConfiguration) throws { try self.init(configuration, isPart: false) }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        settings.set("reset_after", resetsAfter)
    }

    override var gates: Int { 3 }
    override var biasShape: [Int] { resetsAfter ? [2, 3 * units] : [3 * units] }

    override var projectionBias: Tensor? {
        get throws { try resetsAfter ? bias.map { try slice($0.value, [0]) } : bias?.value }
    }

    public override func step(
        _ x: Tensor, _ states: [Tensor], noise: [Tensor]
    ) throws -> (output: Tensor, states: [Tensor]) {
        let recurrent = try recurrent.required(by: self).value
        let state = try heard(states[0], noise)
        let parts = try split(x, parts: 3, axis: -1)
        let (update, third): (Tensor, Tensor)
        if resetsAfter {
            let second = try bias.map { try slice($0.value, [1]) }
            let products = try second.map { try matmulBias(state, recurrent, $0) } ?? matmul(state, recurrent)
            let sums = try split(products, parts: 3, axis: -1)
            update = try recurrentActivation(parts[0] + sums[0])
            third = try parts[2] + recurrentActivation(parts[1] + sums[1]) * sums[2]
        } else {
            let kernels = try split(recurrent, parts: 3, axis: -1)
            update = try recurrentActivation(parts[0] + matmul(state, kernels[0]))
            let reset = try recurrentActivation(parts[1] + matmul(state, kernels[1]))
            third = try parts[2] + matmul(reset * state, kernels[2])
        }
        let h = try update * states[0] + (1 - update) * activation(third)
        return (h, [h])
    }

    public override func sequence(
        _ x: Tensor, from states: [Tensor], mask: Tensor?, goesBackwards: Bool, noise: [Tensor]
    ) throws -> RecurrentResult? {
        guard let fused = try fused(x, noise: noise) else { return nil }
        return try gru(
            fused.x, kernel: fused.kernel, recurrent: fused.recurrent, bias: fused.bias, state: states[0], mask: mask,
            resetsAfter: resetsAfter, goesBackwards: goesBackwards, activation: fused.activation,
            recurrentActivation: fused.gate)
    }
}
