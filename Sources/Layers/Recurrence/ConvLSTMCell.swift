import Operators
import TensorCore

/// One step of a long short-term memory whose products are convolutions: the state is an image.
///
/// - Shapes: `x [batch, spatial…, channels]`, h and c `[batch, places…, filters]` → h, h, c; channels first where asked.
/// - Variables: `kernel [taps…, channels, 4 · filters]`, `recurrent_kernel [taps…, filters, 4 · filters]`, `bias [4 · filters]`.
/// - Source: Shi and others, *Convolutional LSTM network* (2015); tf.keras.layers.ConvLSTM2D, whose cell it is.
public final class ConvLSTMCell: RecurrentCell {
    public let filters: Int
    let movement: WindowMovement
    let activation: ActivationFunction
    let recurrentActivation: ActivationFunction
    let usesBias: Bool
    let unitForgetBias: Bool
    let weightSettings: RecurrentWeights
    let noise: RecurrentNoise
    private var kernel: Variable?
    private var recurrent: Variable?
    private var bias: Variable?
    private var inputExtents: [Int] = []
    private var places: Shape = []

    /// - Parameter dimensions: how many spatial axes there are.
    init(_ configuration: LayerConfiguration, dimensions: Int) throws {
        filters = try configuration.integer("filters", atLeast: 1)
        movement = try WindowMovement(configuration, dimensions: dimensions, paddings: [.valid, .same])
        activation = try configuration.activation("activation", default: .tanh)
        recurrentActivation = try configuration.activation("recurrent_activation", default: .hardSigmoid)
        usesBias = try configuration.bool("use_bias", default: true)
        unitForgetBias = try configuration.bool("unit_forget_bias", default: true)
        weightSettings = try RecurrentWeights(configuration)
        noise = try RecurrentNoise(configuration)
        super.init(layerName: nil, dtype: try configuration.dtype())
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("filters", filters)
        movement.write(&settings)
        settings.set("activation", activation)
        settings.set("recurrent_activation", recurrentActivation)
        settings.set("use_bias", usesBias)
        settings.set("unit_forget_bias", unitForgetBias)
        weightSettings.write(&settings)
        noise.write(&settings)
    }

    public override var treatsExamplesAlone: Bool { true }
    public override var stateShapes: [Shape] { [places, places] }

    /// The shape of a state for one example of this shape.
    ///
    /// - Throws: ValueError where extents of the image are unknown.
    func places(_ step: Shape) throws -> Shape {
        let dimensions = movement.kernelSize.count
        guard step.rank == dimensions + 2, step.dropFirst().isKnown else {
            throw LayerError(
                .value,
                "\(className) takes images of \(dimensions) known extents and of known channels, but a step is \(step)")
        }
        let kernel = try Shape(checking: movement.kernelSize + [channels(step), 4 * filters])
        let graph = Graph()
        let sums = try graph.asDefault {
            try convolved(graph.placeholder(TensorSpec(step)), graph.placeholder(TensorSpec(kernel)), nil)
        }
        return sums.shape.dropFirst().replacing(movement.dataFormat == .channelsLast ? dimensions : 0, with: filters)
    }

    private func channels(_ step: Shape) -> Int { step[movement.dataFormat == .channelsLast ? step.rank - 1 : 1] }

    public override func build(_ inputShape: Shape) throws {
        places = try places(inputShape)
        inputExtents = inputShape.dropFirst().extents
        let columns = 4 * filters
        kernel = try addVariable(
            "kernel", Shape(checking: movement.kernelSize + [channels(inputShape), columns]), weightSettings.kernel)
        recurrent = try addVariable(
            "recurrent_kernel", Shape(checking: movement.kernelSize + [filters, columns]), weightSettings.recurrent)
        guard usesBias else { return }
        let settings = weightSettings.bias
        let own = settings.initializer ?? .zeros
        bias = try addVariable(
            "bias", Shape(checking: [columns]),
            VariableSettings(unitForgetBias ? ForgetBias(others: own) : own, settings.regularizer, settings.constraint))
    }

    private func convolved(_ x: Tensor, _ kernel: Tensor, _ bias: Tensor?) throws -> Tensor {
        try convolution(
            x, kernel, bias: bias, strides: movement.strides, padding: movement.padding.window(),
            dilations: movement.dilations, dataFormat: movement.dataFormat)
    }

    public override func noise(for x: Tensor, batchAxis: Int, training: Bool) throws -> [Tensor] {
        try noise.masks(
            for: x, batchAxis: batchAxis, inputs: inputExtents, state: places.extents, training: training)
    }

    public override func project(_ x: Tensor, noise: [Tensor]) throws -> Tensor {
        let heard = try noise.first.map { try x * $0 } ?? x
        let kernel = try kernel.required(by: self).value
        guard heard.rank > movement.kernelSize.count + 2 else { return try convolved(heard, kernel, bias?.value) }
        return try splitAxis(convolved(mergeAxes(heard), kernel, bias?.value), 0, as: 0..<2, of: x)
    }

    public override func step(
        _ x: Tensor, _ states: [Tensor], noise: [Tensor]
    ) throws -> (output: Tensor, states: [Tensor]) {
        let heard = try noise.count > 1 ? states[0] * noise[1] : states[0]
        let sums =
            try x
            + convolution(
                heard, recurrent.required(by: self).value, padding: .same,
                dataFormat: movement.dataFormat)
        let parts = try split(sums, parts: 4, axis: movement.dataFormat == .channelsLast ? -1 : 1)
        let kept = try recurrentActivation(parts[1]) * states[1]
        let cell = try kept + recurrentActivation(parts[0]) * activation(parts[2])
        let h = try recurrentActivation(parts[3]) * activation(cell)
        return (h, [h, cell])
    }
}
