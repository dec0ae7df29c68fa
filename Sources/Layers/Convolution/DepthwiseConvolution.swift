import Operators
import TensorCore

/// A convolution of every channel by itself, with several kernels each.
///
/// - Shapes: `x [batch, spatial…, channels]` → `[batch, places…, channels · multiplier]`.
/// - Variables: `depthwise_kernel [taps…, channels, multiplier]`, `bias [channels · multiplier]`.
/// - Source: tf.keras.layers.DepthwiseConv2D.
public class DepthwiseConvolution: SpatialKernelLayer {
    /// How many kernels each channel has.
    public let depthMultiplier: Int
    private let depthwiseSettings: VariableSettings
    private var depthwise: Variable?

    public init(
        _ kernelSize: WindowExtents, strides: WindowExtents = 1, padding: EdgePadding = .valid,
        dataFormat: DataFormat = .channelsLast, dilations: WindowExtents = 1, depthMultiplier: Int = 1,
        activation: ActivationFunction? = nil, usesBias: Bool = true, depthwiseInitializer: (any Initializer)? = nil,
        biasInitializer: any Initializer = .zeros, depthwiseRegularizer: (any Regularizer)? = nil,
        biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
        depthwiseConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil,
        isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        self.depthMultiplier = depthMultiplier
        depthwiseSettings = VariableSettings(depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint)
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
        depthMultiplier = try configuration.integer("depth_multiplier", atLeast: 1, default: 1)
        depthwiseSettings = try configuration.variable("depthwise")
        // Keras 2 writes those of the layer that this one is made from.
        configuration.passOver("kernel_initializer", "kernel_regularizer", "kernel_constraint", "filters", "groups")
        try super.init(configuration)
        guard padding != .causal else { throw configuration.wrongValue("padding", "'valid' or 'same'") }
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        settings.set("depth_multiplier", depthMultiplier)
        settings.set("depthwise", depthwiseSettings)
    }

    override func kernelShapes(_ channels: Int) throws -> [Shape] {
        guard depthMultiplier > 0 else {
            throw LayerError(.value, "\(displayName) needs a positive number of kernels for each channel")
        }
        return [try Shape(checking: kernelSize + [channels, depthMultiplier])]
    }

    public override func build(_ inputShape: Shape) throws {
        let channels = try inputChannels(inputShape)
        depthwise = try addVariable("depthwise_kernel", kernelShapes(channels)[0], depthwiseSettings)
        try addBias(channels * depthMultiplier)
    }

    override func kernels() throws -> [Tensor] { [try depthwise.required(by: self).value] }

    override func compute(
        _ x: Tensor, _ kernels: [Tensor], bias: Tensor?, activation: OutputActivation
    ) throws -> Tensor {
        try depthwiseConvolution(
            x, kernels[0], bias: bias, strides: strides, padding: padding.window(), dilations: dilations,
            dataFormat: dataFormat, activation: activation)
    }
}

/// A ``DepthwiseConvolution`` of sequences `[batch, steps, features]`.
public final class DepthwiseConv1D: DepthwiseConvolution, ConfigurableLayer {}

/// A ``DepthwiseConvolution`` of images of two dimensions.
public final class DepthwiseConv2D: DepthwiseConvolution, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}
