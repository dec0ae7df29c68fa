import Operators
import TensorCore

/// Takes mean and variance out of each group of channels of each example.
///
/// - Shapes: like x.
/// - Variables: `gamma`, `beta`, one element for each channel.
/// - Source: Wu and He (2018); tf.keras.layers.GroupNormalization.
public final class GroupNormalization: Layer, ConfigurableLayer {
    /// Into how many groups the channels fall; −1 for as many as there are channels.
    public let groups: Int
    public let axis: Int
    public let epsilon: Double
    public var centers: Bool { ending.hasOffset }
    public var scales: Bool { ending.hasGain }
    private let ending: GainAndOffset
    private var gamma: Variable?
    private var beta: Variable?

    public init(
        _ groups: Int = 32, axis: Int = -1, epsilon: Double = 1e-3, centers: Bool = true, scales: Bool = true,
        betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
        betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
        betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil,
        isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        self.groups = groups
        self.axis = axis
        self.epsilon = epsilon
        ending = GainAndOffset(
            scales: scales, gamma: VariableSettings(gammaInitializer, gammaRegularizer, gammaConstraint),
            centers: centers, beta: VariableSettings(betaInitializer, betaRegularizer, betaConstraint))
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
    }

    public init(configuration: LayerConfiguration) throws {
        groups = try configuration.integer("groups", atLeast: -1, default: 32)
        axis = try configuration.integerIfGiven("axis") ?? -1
        epsilon = try configuration.number("epsilon", default: 1e-3)
        ending = try GainAndOffset(configuration)
        guard groups != 0 else { throw configuration.wrongValue("groups", "a positive number, or -1") }
        guard axis != 0 else { throw configuration.wrongValue("axis", "an axis that is not the batch") }
        super.init(
            layerName: try configuration.name(), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype())
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("groups", groups)
        settings.set("axis", axis)
        settings.set("epsilon", epsilon)
        ending.write(&settings)
    }

    public override func build(_ inputShape: Shape) throws {
        let channels = try inputShape.requiredDimension(
            axis, of: "Axis \(axis) of input tensor should have a defined dimension; it")
        let count = groups == -1 ? channels : groups
        guard count > 0, count <= max(channels, 1), channels % count == 0 else {
            throw LayerError(
                .value, "Number of groups (\(groups)) must be a multiple of the number of channels (\(channels)).")
        }
        let place = axis < 0 ? axis + inputShape.rank : axis
        inputSpecifications = [InputSpecification(rank: inputShape.rank, extents: [place: channels])]
        (gamma, beta) = try ending.addVariables(to: self, [channels])
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        let channels = x.shape[axis < 0 ? axis + x.rank : axis]
        return try groupNormalization(
            x, groups: groups == -1 ? max(channels, 1) : groups, gamma: gamma?.value, beta: beta?.value, axis: axis,
            epsilon: epsilon)
    }

    public override func computeOutputShape(_ inputShape: Shape) -> Shape { inputShape }
}
