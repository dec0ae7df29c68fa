import Operators
import TensorCore

/// A convolution of every channel by itself, followed by one of single places that mixes them.
///
/// - Shapes: `x [batch, spatial…, channels]` → `[batch, places…, filters]`.
/// - Variables: `depthwise_kernel [taps…, channels, multiplier]`, `pointwise_kernel [1…, channels · multiplier, filters]`,
///   `bias [filters]`.
/// - Source: tf.layers.SeparableConv2D (TensorFlow 1.8).
public class SeparableConvolution: SpatialKernelLayer {
    public let filters: Int
    /// How many kernels each channel has.
    public let depthMultiplier: Int
    private let depthwiseSettings: VariableSettings
    private let pointwiseSettings: VariableSettings
    private var depthwise: Variable?
    private var pointwise: Variable?

    public init(
        _ filters: Int, _ kernelSize: WindowExtents, strides: WindowExtents = 1, padding: EdgePadding = .valid,
        dataFormat: DataFormat = .channelsLast, dilations: WindowExtents = 1, depthMultiplier: Int = 1,
        activation: ActivationFunction? = nil, usesBias: Bool = true, depthwiseInitializer: (any Initializer)? = nil,
        pointwiseInitializer: (any Initializer)? = nil, biasInitializer: any Initializer = .zeros,
        depthwiseRegularizer: (any Regularizer)? = nil, pointwiseRegularizer: (any Regularizer)? = nil,
        biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
        depthwiseConstraint: (any Constraint)? = nil, pointwiseConstraint: (any Constraint)? = nil,
        biasConstraint: (any Constraint)? = nil, isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        self.filters = filters
        self.depthMultiplier = depthMultiplier
        depthwiseSettings = VariableSettings(depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint)
        pointwiseSettings = VariableSettings(pointwiseInitializer, pointwiseRegularizer, pointwiseConstraint)
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
        depthMultiplier = try configuration.integer("depth_multiplier", atLeast: 1, default: 1)
        depthwiseSettings = try configuration.variable("depthwise")
        pointwiseSettings = try configuration.variable("pointwise")
        try configuration.require("groups", toBe: 1)
        // Keras 2 writes those of the layer that this one is made from.
        configuration.passOver("kernel_initializer", "kernel_regularizer", "kernel_constraint")
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("filters", filters)
        super.writeSettings(&settings)
        settings.set("depth_multiplier", depthMultiplier)
        settings.set("depthwise", depthwiseSettings)
        settings.set("pointwise", pointwiseSettings)
    }

    override func kernelShapes(_ channels: Int) throws -> [Shape] {
        guard filters > 0, depthMultiplier > 0 else {
            throw LayerError(.value, "\(displayName) needs positive numbers of filters and of kernels for each channel")
        }
        let middle = channels.multipliedReportingOverflow(by: depthMultiplier)
        return [
            try Shape(checking: kernelSize + [channels, depthMultiplier]),
            try Shape(
                checking: kernelSize.map { _ in 1 } + [middle.overflow ? Int.max : middle.partialValue, filters]),
        ]
    }

    public override func build(_ inputShape: Shape) throws {
        let shapes = try kernelShapes(inputChannels(inputShape))
        depthwise = try addVariable("depthwise_kernel", shapes[0], depthwiseSettings)
        pointwise = try addVariable("pointwise_kernel", shapes[1], pointwiseSettings)
        try addBias(filters)
    }

    override func kernels() throws -> [Tensor] {
        [try depthwise.required(by: self).value, try pointwise.required(by: self).value]
    }

    override func compute(
        _ x: Tensor, _ kernels: [Tensor], bias: Tensor?, activation: OutputActivation
    ) throws -> Tensor {
        try separableConvolution(
            x, depthwise: kernels[0], pointwise: kernels[1], bias: bias, strides: strides,
            padding: padding.window(kernel: kernelSize[0], dilation: dilations[0]), dilations: dilations,
            dataFormat: dataFormat, activation: activation)
    }
}

/// A ``SeparableConvolution`` of sequences `[batch, steps, features]`.
public final class SeparableConv1D: SeparableConvolution, ConfigurableLayer {}

/// A ``SeparableConvolution`` of images of two dimensions.
public final class SeparableConv2D: SeparableConvolution, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}
