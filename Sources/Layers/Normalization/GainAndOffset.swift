import Operators
import TensorCore

/// How a normalization ends: `gamma · y + beta`, either of which a layer may go without.
struct GainAndOffset {
    let hasGain: Bool
    let hasOffset: Bool
    private let gamma: VariableSettings
    private let beta: VariableSettings

    init(scales: Bool, gamma: VariableSettings, centers: Bool, beta: VariableSettings) {
        hasGain = scales
        hasOffset = centers
        self.gamma = gamma
        self.beta = beta
    }

    init(_ configuration: LayerConfiguration) throws {
        self.init(
            scales: try configuration.bool("scale", default: true), gamma: try configuration.variable("gamma", .ones),
            centers: try configuration.bool("center", default: true), beta: try configuration.variable("beta", .zeros))
    }

    func write(_ settings: inout LayerSettings) {
        settings.set("center", hasOffset)
        settings.set("scale", hasGain)
        settings.set("beta", beta)
        settings.set("gamma", gamma)
    }

    func addVariables(to layer: Layer, _ shape: Shape) throws -> (gamma: Variable?, beta: Variable?) {
        let gain = hasGain ? try layer.addVariable("gamma", shape, gamma) : nil
        return (gain, hasOffset ? try layer.addVariable("beta", shape, beta) : nil)
    }
}
