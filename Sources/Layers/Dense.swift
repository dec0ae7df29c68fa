import Operators
import TensorCore

/// A fully connected layer, `y = activation(x · kernel + bias)`.
///
/// - Shapes: `x [..., inputs]` → `y [..., units]`.
/// - Variables: `kernel [inputs, units]`, `bias [units]`.
/// - Source: tf.layers.Dense (TensorFlow 1.8); the kernel starts as in Glorot and Bengio (2010), eq. 16.
public final class Dense: Layer {
    public let units: Int
    public let activation: Activation?
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
        _ units: Int, activation: Activation? = nil, usesBias: Bool = true,
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

    convenience init(configuration: LayerConfiguration) throws {
        self.init(
            try configuration.integer("units"), activation: try configuration.activation("activation"),
            usesBias: try configuration.bool("use_bias", default: true),
            kernelInitializer: try configuration.initializer("kernel_initializer"),
            biasInitializer: try configuration.initializer("bias_initializer") ?? .zeros,
            kernelRegularizer: try configuration.regularizer("kernel_regularizer"),
            biasRegularizer: try configuration.regularizer("bias_regularizer"),
            activityRegularizer: try configuration.regularizer("activity_regularizer"),
            isTrainable: try configuration.isTrainable(), dtype: try configuration.dtype(),
            name: try configuration.name())
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
        var y = try matmul(x, kernel.required(by: self).value)
        if let bias { y = try y + bias.value }
        return try activation?(y) ?? y
    }

    public override func emptyCopy() -> Layer {
        Dense(
            units, activation: activation, usesBias: usesBias, kernelInitializer: kernelInitializer,
            biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer,
            activityRegularizer: activityRegularizer, kernelConstraint: kernelConstraint,
            biasConstraint: biasConstraint,
            isTrainable: isTrainable, dtype: dtype, inputShape: declaredInputShape, name: givenName)
    }

    public override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        _ = try inputShape.requiredDimension(-1, of: "the last dimension of the input to Dense")
        return inputShape.replacing(inputShape.rank - 1, with: units)
    }
}
