import Operators
import TensorCore

/// A convolution turned around: every place spreads its kernels over the result, in one to three dimensions.
///
/// - Shapes: `x [batch, spatial…, channels]` → `[batch, spatial · stride…, filters]`, and more where the padding is valid.
/// - Variables: `kernel [taps…, filters, channels]`, `bias [filters]`.
/// - Source: tf.layers.Conv2DTranspose (TensorFlow 1.8); output padding and dilation as in tf.keras.
public class ConvolutionTranspose: SpatialKernelLayer {
    public let filters: Int
    /// How much larger than the smallest possible size the result is; nil for what Keras works out.
    public let outputPadding: [Int]?
    private let kernelSettings: VariableSettings
    private var kernel: Variable?

    public init(
        _ filters: Int, _ kernelSize: WindowExtents, strides: WindowExtents = 1, padding: EdgePadding = .valid,
        dataFormat: DataFormat = .channelsLast, dilations: WindowExtents = 1, outputPadding: WindowExtents? = nil,
        activation: ActivationFunction? = nil, usesBias: Bool = true, kernelInitializer: (any Initializer)? = nil,
        biasInitializer: any Initializer = .zeros, kernelRegularizer: (any Regularizer)? = nil,
        biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
        kernelConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil, isTrainable: Bool = true,
        dtype: DType? = nil, name: String? = nil
    ) {
        self.filters = filters
        self.outputPadding = outputPadding?.extents(Self.dimensions)
        kernelSettings = VariableSettings(kernelInitializer, kernelRegularizer, kernelConstraint)
        super.init(
            WindowMovement(
                kernelSize: kernelSize, strides: strides, padding: padding, dataFormat: dataFormat,
                dilations: dilations, dimensions: Self.dimensions),
            Finish(
                activation: activation, usesBias: usesBias,
                bias: VariableSettings(biasInitializer, biasRegularizer, biasConstraint)),
            isTrainable: isTrainable, dtype: dtype, name: name)
        self.activityRegularizer = activityRegularizer
    }

    public required init(configuration: LayerConfiguration) throws {
        filters = try configuration.integer("filters", atLeast: 1)
        outputPadding =
            try configuration.json("output_padding") == nil
            ? nil : configuration.integers("output_padding", count: Self.dimensions, atLeast: 0)
        kernelSettings = try configuration.variable("kernel")
        try configuration.require("groups", toBe: 1)
        try super.init(configuration)
        guard padding != .causal else { throw configuration.wrongValue("padding", "'valid' or 'same'") }
        guard zip(outputPadding ?? [], strides).allSatisfy({ $0 < $1 }) else {
            throw configuration.wrongValue("output_padding", "less than the strides \(strides)")
        }
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("filters", filters)
        super.writeSettings(&settings)
        settings.set("kernel", kernelSettings)
        settings.set("output_padding", outputPadding)
    }

    override func kernelShapes(_ channels: Int) throws -> [Shape] {
        guard filters > 0 else { throw LayerError(.value, "\(displayName) needs a positive number of filters") }
        return [try Shape(checking: kernelSize + [filters, channels])]
    }

    public override func build(_ inputShape: Shape) throws {
        kernel = try addVariable("kernel", kernelShapes(inputChannels(inputShape))[0], kernelSettings)
        try addBias(filters)
    }

    override func kernels() throws -> [Tensor] { [try kernel.required(by: self).value] }

    override func compute(
        _ x: Tensor, _ kernels: [Tensor], bias: Tensor?, activation: OutputActivation
    ) throws -> Tensor {
        let y = try adding(
            bias,
            to: transposedConvolution(
                x, kernels[0], strides: strides, padding: padding.window(), dilations: dilations,
                outputPadding: outputPadding, dataFormat: dataFormat))
        return activation == .linear ? y : try apply(self.activation, to: y)
    }
}

/// A ``ConvolutionTranspose`` of sequences `[batch, steps, features]`.
public final class Conv1DTranspose: ConvolutionTranspose, ConfigurableLayer {}

/// A ``ConvolutionTranspose`` of images of two dimensions.
public final class Conv2DTranspose: ConvolutionTranspose, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}

/// A ``ConvolutionTranspose`` of images of three dimensions.
public final class Conv3DTranspose: ConvolutionTranspose, ConfigurableLayer {
    override class var dimensions: Int { 3 }
}
