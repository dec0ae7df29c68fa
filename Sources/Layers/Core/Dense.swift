import Operators
import TensorCore

/// A fully connected layer, `y = activation(x · kernel + bias)`.
///
/// - Shapes: `x [..., inputs]` → `y [..., units]`.
/// - Variables: `kernel [inputs, units]`, `bias [units]`.
/// - Source: tf.layers.Dense (TensorFlow 1.8); the kernel starts as in Glorot and Bengio (2010), eq. 16.
public final class Dense: Layer, ConfigurableLayer {
    public let units: Int
    public let activation: ActivationFunction?
    public let usesBias: Bool
    private let kernelInitializer: (any Initializer)?
    private let biasInitializer: any Initializer
    private let kernelRegularizer: (any Regularizer)?
    private let biasRegularizer: (any Regularizer)?
    private let kernelConstraint: (any Constraint)?
    private let biasConstraint: (any Constraint)?
    private var kernel: Variable?
    private var bias: Variable?

    /// - Parameter inputShape: of one example, without the batch; for readers, and for models that are built before their
    ///   first call.
    public init(
        _ units: Int, activation: ActivationFunction? = nil, usesBias: Bool = true,
        kernelInitializer: (any Initializer)? = nil, biasInitializer: any Initializer = .zeros,
        kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
        activityRegularizer: (any Regularizer)? = nil,
        kernelConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil,
        isTrainable: Bool = true, dtype: DType? = nil, inputShape: Shape? = nil, name: String? = nil
    ) {
        self.units = units
        self.activation = activation
        self.usesBias = usesBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.kernelRegularizer = kernelRegularizer
        self.biasRegularizer = biasRegularizer
        self.kernelConstraint = kernelConstraint
        self.biasConstraint = biasConstraint
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
        self.activityRegularizer = activityRegularizer
        declaredInputShape = inputShape
        inputSpecifications = [InputSpecification(rankMin: 2)]
    }

    public convenience init(configuration: LayerConfiguration) throws {
        self.init(
            try configuration.integer("units", atLeast: 1), activation: try configuration.activation("activation"),
            usesBias: try configuration.bool("use_bias", default: true),
            kernelInitializer: try configuration.initializer("kernel_initializer"),
            biasInitializer: try configuration.initializer("bias_initializer") ?? .zeros,
            kernelRegularizer: try configuration.regularizer("kernel_regularizer"),
            biasRegularizer: try configuration.regularizer("bias_regularizer"),
            kernelConstraint: try configuration.constraint("kernel_constraint"),
            biasConstraint: try configuration.constraint("bias_constraint"),
            isTrainable: try configuration.isTrainable(), dtype: try configuration.dtype(),
            name: try configuration.name())
        // Low-rank adaptation and quantization are not there yet.
        try configuration.require("lora_rank", toBe: nil)
        try configuration.require("quantization_mode", toBe: nil)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("units", units)
        settings.set("activation", activation)
        settings.set("use_bias", usesBias)
        settings.set("kernel_initializer", kernelInitializer)
        settings.set("bias_initializer", biasInitializer)
        settings.set("kernel_regularizer", kernelRegularizer)
        settings.set("bias_regularizer", biasRegularizer)
        settings.set("kernel_constraint", kernelConstraint)
        settings.set("bias_constraint", biasConstraint)
    }

    public override func build(_ inputShape: Shape) throws {
        guard units > 0 else { throw LayerError(.value, "Dense needs a positive number of units, received \(units)") }
        let inputs = try inputShape.requiredDimension(-1, of: "the last dimension of the inputs to Dense")
        inputSpecifications = [InputSpecification(rankMin: 2, extents: [-1: inputs])]
        kernel = try addVariable(
            "kernel", try Shape(checking: [inputs, units]), initializer: kernelInitializer,
            regularizer: kernelRegularizer, constraint: kernelConstraint)
        if usesBias {
            bias = try addVariable(
                "bias", [units], initializer: biasInitializer, regularizer: biasRegularizer,
                constraint: biasConstraint)
        }
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        let kernel = try kernel.required(by: self).value
        let fused = activation.map(\.fused) ?? .linear
        guard let bias else { return try apply(activation, to: matmul(x, kernel)) }
        guard let fused else { return try apply(activation, to: matmulBias(x, kernel, bias.value)) }
        return try matmulBias(x, kernel, bias.value, activation: fused)
    }

    public override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        _ = try inputShape.requiredDimension(-1, of: "the last dimension of the input to Dense")
        return inputShape.replacing(inputShape.rank - 1, with: units)
    }
}
