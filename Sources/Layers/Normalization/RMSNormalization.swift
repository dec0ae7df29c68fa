import Operators
import TensorCore

/// Divides each example by the root of the mean of its squares: `y = scale · x / √(mean(x²) + epsilon)`.
///
/// - Shapes: like x.
/// - Variables: `scale`, of the shape of the normalized axes.
/// - Source: Zhang and Sennrich (2019); keras.layers.RMSNormalization.
public final class RMSNormalization: Layer, ConfigurableLayer {
    public let axes: [Int]
    public let epsilon: Double
    private var scale: Variable?
    private var places: [Int] = []

    public init(
        axes: [Int] = [-1], epsilon: Double = 1e-6, isTrainable: Bool = true, dtype: DType? = nil,
        name: String? = nil
    ) {
        self.axes = axes
        self.epsilon = epsilon
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
    }

    public convenience init(configuration: LayerConfiguration) throws {
        self.init(
            axes: try configuration.integerList("axis") ?? [-1],
            epsilon: try configuration.number("epsilon", default: 1e-6),
            isTrainable: try configuration.isTrainable(), dtype: try configuration.dtype(),
            name: try configuration.name())
        guard !axes.isEmpty else { throw configuration.wrongValue("axis", "an axis, or several") }
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        if axes.count == 1 { settings.set("axis", axes[0]) } else { settings.set("axis", axes) }
        settings.set("epsilon", epsilon)
    }

    public override var treatsExamplesAlone: Bool { !axes.contains(0) && !places.contains(0) }

    public override func build(_ inputShape: Shape) throws {
        places = try normalizedAxes(axes, of: inputShape, layer: "RMSNormalization")
        var extents: [Int: Int] = [:]
        for place in places {
            extents[place] = try inputShape.requiredDimension(
                place, of: "axis \(place) of the input to RMSNormalization")
        }
        inputSpecifications = [InputSpecification(rank: inputShape.rank, extents: extents)]
        scale = try addVariable("scale", Shape(places.map { inputShape[$0] }), VariableSettings(.ones))
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        let scale = try scale.required(by: self).value
        if places == Array(x.rank - places.count..<x.rank) {
            return try rootMeanSquareNormalization(x, gamma: scale, axes: places.count, epsilon: epsilon)
        }
        let squares = try mean(square(x), axes: places, keepingDimensions: true)
        return try x * rsqrt(squares + epsilon)
            * reshape(scale, (0..<x.rank).map { places.contains($0) ? x.shape[$0] : 1 })
    }

    public override func computeOutputShape(_ inputShape: Shape) -> Shape { inputShape }
}
