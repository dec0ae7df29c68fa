import Operators
import TensorCore

/// Sums over windows of images, each with a kernel of its own for every output channel, in one to three dimensions.
///
/// - Shapes: `x [batch, spatial…, channels]` → `[batch, places…, filters]`; channels first where asked.
/// - Variables: `kernel [taps…, channels / groups, filters]`, `bias [filters]`.
/// - Source: tf.layers.Conv2D (TensorFlow 1.8); groups as in tf.keras.
public class Convolution: SpatialKernelLayer {
    public let filters: Int
    /// Into how many groups of channels that do not see each other input and output are cut.
    public let groups: Int
    private let kernelSettings: VariableSettings
    private var kernel: Variable?

    /// - Parameters:
    ///   - kernelSize: the extents of a window, one for each spatial axis or one for all.
    ///   - dilations: the distance of neighbouring taps; above 1 only where the strides are 1.
    public init(
        _ filters: Int, _ kernelSize: WindowExtents, strides: WindowExtents = 1, padding: EdgePadding = .valid,
        dataFormat: DataFormat = .channelsLast, dilations: WindowExtents = 1, groups: Int = 1,
        activation: ActivationFunction? = nil, usesBias: Bool = true, kernelInitializer: (any Initializer)? = nil,
        biasInitializer: any Initializer = .zeros, kernelRegularizer: (any Regularizer)? = nil,
        biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
        kernelConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil, isTrainable: Bool = true,
        dtype: DType? = nil, name: String? = nil
    ) {
        self.filters = filters
        self.groups = groups
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
        groups = try configuration.integer("groups", atLeast: 1, default: 1)
        kernelSettings = try configuration.variable("kernel")
        guard filters % groups == 0 else {
            throw configuration.wrongValue("groups", "a divisor of the \(filters) filters")
        }
        try configuration.require("lora_rank", toBe: nil)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("filters", filters)
        super.writeSettings(&settings)
        settings.set("groups", groups)
        settings.set("kernel", kernelSettings)
    }

    override func kernelShapes(_ channels: Int) throws -> [Shape] {
        guard filters > 0, groups > 0, filters % groups == 0, channels % groups == 0 else {
            throw LayerError(
                .value,
                "The number of input channels must be evenly divisible by the number of groups, and so must the filters. Received: groups=\(groups), channels=\(channels), filters=\(filters)."
            )
        }
        return [try Shape(checking: kernelSize + [channels / groups, filters])]
    }

    public override func build(_ inputShape: Shape) throws {
        kernel = try addVariable("kernel", kernelShapes(inputChannels(inputShape))[0], kernelSettings)
        try addBias(filters)
    }

    override func kernels() throws -> [Tensor] { [try kernel.required(by: self).value] }

    override func compute(
        _ x: Tensor, _ kernels: [Tensor], bias: Tensor?, activation: OutputActivation
    ) throws -> Tensor {
        try convolution(
            x, kernels[0], bias: bias, strides: strides,
            padding: padding.window(kernel: kernelSize[0], dilation: dilations[0]), dilations: dilations,
            dataFormat: dataFormat, groups: groups, activation: activation)
    }
}

/// A ``Convolution`` of sequences `[batch, steps, features]`.
public final class Conv1D: Convolution, ConfigurableLayer {}

/// A ``Convolution`` of images of two dimensions.
public final class Conv2D: Convolution, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}

/// A ``Convolution`` of images of three dimensions.
public final class Conv3D: Convolution, ConfigurableLayer {
    override class var dimensions: Int { 3 }
}
