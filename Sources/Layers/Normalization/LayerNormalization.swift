import Operators
import TensorCore

/// Takes mean and variance out of each example: `y = gamma · (x − mean) / √(variance + epsilon) + beta`.
///
/// - Shapes: like x.
/// - Variables: `gamma`, `beta`, of the shape of the normalized axes.
/// - Source: Ba, Kiros and Hinton (2016); tf.keras.layers.LayerNormalization.
public final class LayerNormalization: Layer, ConfigurableLayer {
    /// Those that are normalized together.
    public let axes: [Int]
    public let epsilon: Double
    public var centers: Bool { ending.hasOffset }
    public var scales: Bool { ending.hasGain }
    private let ending: GainAndOffset
    private var gamma: Variable?
    private var beta: Variable?
    private var places: [Int] = []

    public init(
        axes: [Int] = [-1], epsilon: Double = 1e-3, centers: Bool = true, scales: Bool = true,
        betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
        betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
        betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil,
        isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        self.axes = axes
        self.epsilon = epsilon
        ending = GainAndOffset(
            scales: scales, gamma: VariableSettings(gammaInitializer, gammaRegularizer, gammaConstraint),
            centers: centers, beta: VariableSettings(betaInitializer, betaRegularizer, betaConstraint))
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
    }

    public init(configuration: LayerConfiguration) throws {
        axes = try configuration.integerList("axis") ?? [-1]
        epsilon = try configuration.number("epsilon", default: 1e-3)
        ending = try GainAndOffset(configuration)
        guard !axes.isEmpty else { throw configuration.wrongValue("axis", "an axis, or several") }
        try configuration.require("rms_scaling", toBe: false)
        super.init(
            layerName: try configuration.name(), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype())
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("axis", axes)
        settings.set("epsilon", epsilon)
        ending.write(&settings)
    }

    public override var treatsExamplesAlone: Bool { !axes.contains(0) && !places.contains(0) }

    public override func build(_ inputShape: Shape) throws {
        places = try normalizedAxes(axes, of: inputShape, layer: "LayerNormalization")
        var extents: [Int: Int] = [:]
        for place in places {
            extents[place] = try inputShape.requiredDimension(
                place, of: "axis \(place) of the input to LayerNormalization")
        }
        inputSpecifications = [InputSpecification(rank: inputShape.rank, extents: extents)]
        (gamma, beta) = try ending.addVariables(to: self, Shape(places.map { inputShape[$0] }))
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        if places == Array(x.rank - places.count..<x.rank) {
            return try layerNormalization(
                x, gamma: gamma?.value, beta: beta?.value, axes: places.count, epsilon: epsilon)
        }
        let (mean, variance) = try moments(x, axes: places, keepingDimensions: true)
        var y = try (x - mean) * rsqrt(variance + epsilon)
        let extents = (0..<x.rank).map { places.contains($0) ? x.shape[$0] : 1 }
        if let gamma { y = try y * reshape(gamma.value, extents) }
        if let beta { y = try y + reshape(beta.value, extents) }
        return y
    }

    public override func computeOutputShape(_ inputShape: Shape) -> Shape { inputShape }
}

/// Axes counted from the front, in order.
///
/// - Throws: ValueError for one that the shape does not have.
func normalizedAxes(_ axes: [Int], of shape: Shape, layer: String) throws -> [Int] {
    let places = axes.map { $0 < 0 ? $0 + shape.rank : $0 }
    guard places.allSatisfy({ (0..<shape.rank).contains($0) }), Set(places).count == places.count else {
        throw LayerError(.value, "Invalid value for `axis` argument of \(layer): \(axes) are no axes of \(shape)")
    }
    return places.sorted()
}
