import Formats
import Operators
import TensorCore

/// Shifts and scales features to mean 0 and variance 1, by numbers that are given or found from data by ``adapt(_:)``; or back.
///
/// - Shapes: like x. There is one mean and one variance for each place of the kept axes, which are the last by default.
/// - Variables: `mean`, `variance`, `count`, none of them trainable; none where the numbers are given.
/// - Source: tf.keras.layers.Normalization.
public final class Normalization: Layer, ConfigurableLayer {
    /// The axes that keep statistics of their own.
    public let axes: [Int]
    public let givenMean: [Double]?
    public let givenVariance: [Double]?
    /// Whether it undoes the normalization instead.
    public let inverts: Bool
    private var mean: Variable?
    private var variance: Variable?
    private var count: Variable?
    private var places: [Int] = []

    public init(
        axes: [Int] = [-1], mean: [Double]? = nil, variance: [Double]? = nil, inverts: Bool = false,
        dtype: DType? = nil, name: String? = nil
    ) {
        self.axes = axes
        givenMean = mean
        givenVariance = variance
        self.inverts = inverts
        super.init(layerName: name, dtype: dtype)
    }

    public convenience init(configuration: LayerConfiguration) throws {
        // No axis at all, written null, means one mean for everything.
        self.init(
            axes: try configuration.integerList("axis") ?? (configuration.isNull("axis") ? [] : [-1]),
            mean: try configuration.numbers("mean"), variance: try configuration.numbers("variance"),
            inverts: try configuration.bool("invert", default: false), dtype: try configuration.dtype(),
            name: try configuration.name())
        guard (givenMean == nil) == (givenVariance == nil) else {
            throw configuration.wrongValue("mean", "given together with variance")
        }
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("axis", axes.isEmpty ? nil : axes)
        settings.set("invert", inverts)
        settings.set("mean", numbers: givenMean)
        settings.set("variance", numbers: givenVariance)
    }

    public override func build(_ inputShape: Shape) throws {
        places = try normalizedAxes(axes, of: inputShape, layer: "Normalization")
        guard !places.contains(0) else { throw LayerError(.value, "The batch cannot keep statistics of its own.") }
        let shape = Shape(
            try places.map { try inputShape.requiredDimension($0, of: "axis \($0) of the input to Normalization") })
        inputSpecifications = [
            InputSpecification(
                rank: inputShape.rank, extents: Dictionary(uniqueKeysWithValues: places.map { ($0, inputShape[$0]) }))
        ]
        if let givenMean, let givenVariance {
            guard [1, shape.elementCount].contains(givenMean.count),
                [1, shape.elementCount].contains(givenVariance.count)
            else {
                throw LayerError(
                    .value, "Normalization of \(inputShape) needs \(shape.elementCount) means and variances, or one")
            }
            return
        }
        mean = try addVariable("mean", shape, dtype: floatingDType, initializer: .zeros, isTrainable: false)
        variance = try addVariable("variance", shape, dtype: floatingDType, initializer: .ones, isTrainable: false)
        count = try addVariable("count", [], dtype: .int64, initializer: .zeros, isTrainable: false)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        let x = x.dtype.isFloatingPoint ? x : try cast(x, to: floatingDType)
        let extents = (0..<x.rank).map { places.contains($0) ? x.shape[$0] : 1 }
        func stretched(_ given: [Double]?, _ variable: Variable?) throws -> Tensor {
            guard let given else { return try reshape(cast(variable.required(by: self).value, to: x.dtype), extents) }
            let numbers = try cast(Tensor([given.count], given), to: x.dtype)
            return given.count == 1 ? numbers : try reshape(numbers, extents)
        }
        let mean = try stretched(givenMean, mean)
        // As Keras: no division by less than its epsilon.
        let deviation = try maximum(sqrt(stretched(givenVariance, variance)), 1e-7)
        return inverts ? try x * deviation + mean : try (x - mean) / deviation
    }

    /// Finds mean and variance from data, in place of what was found before.
    ///
    /// - Parameter data: `[examples, …]`, as the layer is called with.
    /// - Throws: RuntimeError where the numbers were given.
    public func adapt(_ data: Tensor) throws {
        guard givenMean == nil else {
            throw LayerError(
                .runtime, "Cannot `adapt` a Normalization layer that is initialized with static `mean` and `variance`")
        }
        try withoutRecording {
            let data = data.dtype.isFloatingPoint ? data : try cast(data, to: floatingDType)
            _ = try self(data)
            let others = (0..<data.rank).filter { !places.contains($0) }
            let (mean, variance) = try moments(data, axes: others)
            try self.mean.required(by: self).assign(mean)
            try self.variance.required(by: self).assign(variance)
            try count.required(by: self).assign(Tensor(Int64(data.shape[0])))
        }
    }

    public override func computeOutputShape(_ inputShape: Shape) -> Shape { inputShape }
}
