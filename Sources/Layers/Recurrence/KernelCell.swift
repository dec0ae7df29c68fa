import Operators
import TensorCore

/// A cell of two products, of its input and of its state, for one gate or several.
///
/// - Variables: `kernel [inputs, gates · units]`, `recurrent_kernel [units, gates · units]`, `bias`.
public class KernelCell: RecurrentCell {
    /// The size of the state.
    public let units: Int
    public let activation: ActivationFunction
    public let usesBias: Bool
    public let weightSettings: RecurrentWeights
    public let noise: RecurrentNoise
    private(set) var kernel: Variable?
    private(set) var recurrent: Variable?
    private(set) var bias: Variable?

    init(
        _ units: Int, activation: ActivationFunction, usesBias: Bool, weights: RecurrentWeights, noise: RecurrentNoise,
        isTrainable: Bool, dtype: DType?, name: String?
    ) {
        self.units = units
        self.activation = activation
        self.usesBias = usesBias
        weightSettings = weights
        self.noise = noise
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
    }

    /// - Parameter isPart: whether the configuration is that of the layer which the cell is a part of.
    init(_ configuration: LayerConfiguration, isPart: Bool) throws {
        units = try configuration.integer("units", atLeast: 1)
        activation = try configuration.activation("activation", default: .tanh)
        usesBias = try configuration.bool("use_bias", default: true)
        weightSettings = try RecurrentWeights(configuration)
        noise = try RecurrentNoise(configuration)
        configuration.passOver("implementation")
        super.init(
            layerName: isPart ? nil : try configuration.name(),
            isTrainable: isPart ? true : try configuration.isTrainable(), dtype: try configuration.dtype())
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("units", units)
        settings.set("activation", activation)
        settings.set("use_bias", usesBias)
        weightSettings.write(&settings)
        noise.write(&settings)
    }

    public override var stateShapes: [Shape] { [[units]] }

    /// How many products of the size of the state there are.
    var gates: Int { 1 }
    var biasShape: [Int] { [gates * units] }
    var biasInitializer: (any Initializer)? { weightSettings.bias.initializer }

    public override func build(_ inputShape: Shape) throws {
        guard units > 0 else { throw LayerError(.value, "\(className) needs a positive number of units") }
        let inputs = try inputShape.requiredDimension(-1, of: "the last dimension of the inputs to \(className)")
        inputSpecifications = [InputSpecification(rank: 2, extents: [-1: inputs])]
        kernel = try addVariable("kernel", try Shape(checking: [inputs, gates * units]), weightSettings.kernel)
        recurrent = try addVariable(
            "recurrent_kernel", try Shape(checking: [units, gates * units]), weightSettings.recurrent)
        guard usesBias else { return }
        let settings = weightSettings.bias
        bias = try addVariable(
            "bias", try Shape(checking: biasShape),
            VariableSettings(biasInitializer, settings.regularizer, settings.constraint))
    }

    public override func noise(for x: Tensor, batchAxis: Int, training: Bool) throws -> [Tensor] {
        let inputs = try kernel.required(by: self).shape[0]
        return try noise.masks(for: x, batchAxis: batchAxis, inputs: [inputs], state: [units], training: training)
    }

    /// The bias that is added to the input's product, where there is one.
    var projectionBias: Tensor? { get throws { try bias?.value } }

    public override func project(_ x: Tensor, noise: [Tensor]) throws -> Tensor {
        let x = try noise.first.map { try x * $0 } ?? x
        let kernel = try kernel.required(by: self).value
        return try projectionBias.map { try matmulBias(x, kernel, $0) } ?? matmul(x, kernel)
    }

    /// The state as it enters the products.
    final func heard(_ state: Tensor, _ noise: [Tensor]) throws -> Tensor {
        try noise.count > 1 ? state * noise[1] : state
    }

    /// The sequence for an operator that knows nothing of noise; nil where the noise must be minded at each step.
    final func sequenceInput(_ x: Tensor, _ noise: [Tensor]) throws -> Tensor? {
        guard let inputs = noise.first else { return x }
        return self.noise.stateRate > 0 ? nil : try x * expandDimensions(inputs, axes: [1])
    }
}

extension LayerConfiguration {
    /// An activation: `standard` where the JSON does not say, none where it says null.
    func activation(_ key: String, default standard: ActivationFunction) throws -> ActivationFunction {
        if isNull(key) {
            passOver(key)
            return .linear
        }
        return try activation(key) ?? standard
    }
}
