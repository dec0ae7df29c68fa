import Formats
import Operators
import TensorCore

/// Takes mean and variance of the batch out of each channel while the network trains, and those of all batches so far
/// otherwise: `y = gamma · (x − mean) / √(variance + epsilon) + beta`.
///
/// - Shapes: like x.
/// - Variables: `gamma`, `beta`, `moving_mean`, `moving_variance`, one element for each channel; with renormalization also
///   `moving_stddev`, `renorm_mean`, `renorm_stddev`. Executing eagerly and in plans they move at once, in a graph by
///   ``Layer/updates``.
/// - Source: Ioffe and Szegedy (2015), Ioffe (2017); tf.layers.BatchNormalization (TensorFlow 1.8).
public final class BatchNormalization: Layer, ConfigurableLayer {
    /// Bounds of what renormalization corrects; nil for none.
    public struct RenormClipping: Hashable, Sendable {
        public var rMin: Double?
        public var rMax: Double?
        public var dMax: Double?

        public init(rMin: Double? = nil, rMax: Double? = nil, dMax: Double? = nil) {
            self.rMin = rMin
            self.rMax = rMax
            self.dMax = dMax
        }
    }

    public let axis: Int
    public let momentum: Double
    public let epsilon: Double
    public var centers: Bool { ending.hasOffset }
    public var scales: Bool { ending.hasGain }
    public let renormalizes: Bool
    public let renormClipping: RenormClipping
    public let renormMomentum: Double
    /// Whether the moving variance follows the unbiased one; nil for images of two dimensions.
    public let fused: Bool?
    /// So many examples are normalized together; nil for the whole batch.
    public let virtualBatchSize: Int?
    private let ending: GainAndOffset
    private let movingMeanInitializer: any Initializer
    private let movingVarianceInitializer: any Initializer
    private var gamma: Variable?
    private var beta: Variable?
    private var movingMean: Variable?
    private var movingVariance: Variable?
    private var renorm: Renormalization?

    /// What renormalization keeps beside.
    private struct Renormalization {
        let movingDeviation: Variable
        let mean: Variable
        let deviation: Variable
    }

    /// - Parameters:
    ///   - axis: where the channels are.
    ///   - momentum: how much of the moving statistics stays at each step.
    public init(
        axis: Int = -1, momentum: Double = 0.99, epsilon: Double = 1e-3, centers: Bool = true, scales: Bool = true,
        betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
        movingMeanInitializer: any Initializer = .zeros, movingVarianceInitializer: any Initializer = .ones,
        betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
        betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil,
        renormalizes: Bool = false, renormClipping: RenormClipping = RenormClipping(), renormMomentum: Double = 0.99,
        fused: Bool? = nil, virtualBatchSize: Int? = nil, isTrainable: Bool = true, dtype: DType? = nil,
        name: String? = nil
    ) {
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.renormalizes = renormalizes
        self.renormClipping = renormClipping
        self.renormMomentum = renormMomentum
        self.fused = fused
        self.virtualBatchSize = virtualBatchSize
        ending = GainAndOffset(
            scales: scales, gamma: VariableSettings(gammaInitializer, gammaRegularizer, gammaConstraint),
            centers: centers, beta: VariableSettings(betaInitializer, betaRegularizer, betaConstraint))
        self.movingMeanInitializer = movingMeanInitializer
        self.movingVarianceInitializer = movingVarianceInitializer
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
    }

    public init(configuration: LayerConfiguration) throws {
        let axes = try configuration.integerList("axis") ?? [-1]
        guard axes.count == 1 else { throw configuration.wrongValue("axis", "one axis") }
        axis = axes[0]
        momentum = try configuration.number("momentum", default: 0.99)
        epsilon = try configuration.number("epsilon", default: 1e-3)
        ending = try GainAndOffset(configuration)
        renormalizes = try configuration.bool("renorm", default: false)
        renormClipping = try RenormClipping(configuration)
        renormMomentum = try configuration.number("renorm_momentum", default: 0.99)
        fused = try configuration.json("fused") == nil ? nil : configuration.bool("fused", default: false)
        virtualBatchSize =
            try configuration.json("virtual_batch_size") == nil
            ? nil : configuration.integer("virtual_batch_size", atLeast: 1)
        movingMeanInitializer = try configuration.initializer("moving_mean_initializer") ?? .zeros
        movingVarianceInitializer = try configuration.initializer("moving_variance_initializer") ?? .ones
        try configuration.require("synchronized", toBe: false)
        super.init(
            layerName: try configuration.name(), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype())
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("axis", axis)
        settings.set("momentum", momentum)
        settings.set("epsilon", epsilon)
        ending.write(&settings)
        settings.set("moving_mean_initializer", movingMeanInitializer)
        settings.set("moving_variance_initializer", movingVarianceInitializer)
        // Keras has lost the rest, and does not want to read of it.
        if renormalizes {
            settings.set("renorm", true)
            settings.set("renorm_clipping", json: renormClipping.json)
            settings.set("renorm_momentum", renormMomentum)
        }
        if let fused { settings.set("fused", fused) }
        if let virtualBatchSize { settings.set("virtual_batch_size", virtualBatchSize) }
    }

    public override var accepts: CallArguments { .training }

    public override func build(_ inputShape: Shape) throws {
        if fused == true, renormalizes || virtualBatchSize != nil {
            throw LayerError(.value, "Passing fused=True is not supported with renorm or virtual_batch_size")
        }
        guard !renormalizes || virtualBatchSize == nil else {
            throw LayerError(.value, "BatchNormalization does not renormalize virtual batches")
        }
        let place = axis < 0 ? axis + inputShape.rank : axis
        let channels = try inputShape.requiredDimension(axis, of: "Axis \(axis) of the input to BatchNormalization")
        guard place > 0 || virtualBatchSize == nil else {
            throw LayerError(.value, "virtual batches cannot lie along the channels")
        }
        inputSpecifications = [InputSpecification(rank: inputShape.rank, extents: [place: channels])]
        func statistic(_ name: String, _ initializer: any Initializer) throws -> Variable {
            try addVariable(
                name, [channels], dtype: floatingDType, initializer: initializer, isTrainable: false)
        }
        (gamma, beta) = try ending.addVariables(to: self, [channels])
        movingMean = try statistic("moving_mean", movingMeanInitializer)
        movingVariance = try statistic("moving_variance", movingVarianceInitializer)
        if renormalizes {
            renorm = Renormalization(
                movingDeviation: try statistic("moving_stddev", .ones), mean: try statistic("renorm_mean", .zeros),
                deviation: try statistic("renorm_stddev", .ones))
        }
    }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        let x = try inputs.single(for: self)
        // Keras takes a frozen layer out of training altogether.
        guard options.training ?? false, isTrainable || !followsKeras else { return Tensors(try inferred(x)) }
        if virtualBatchSize != nil { return Tensors(try trainedInVirtualBatches(x)) }
        return Tensors(try renormalizes ? renormalized(x) : trained(x))
    }

    private func inferred(_ x: Tensor) throws -> Tensor {
        try batchNormalization(
            x, mean: movingMean.required(by: self).value, variance: movingVariance.required(by: self).value,
            gamma: gamma?.value, beta: beta?.value, axis: axis, epsilon: epsilon)
    }

    private func trained(_ x: Tensor) throws -> Tensor {
        let (y, mean, variance) = try batchNormalization(
            x, gamma: gamma?.value, beta: beta?.value, axis: axis, epsilon: epsilon)
        try updating(x) { count in
            let isUnbiased = fused ?? (x.rank == 4)
            let factor = isUnbiased ? try count / maximum(count - 1, 1) : nil
            try move(movingMean, to: mean, momentum, count)
            try move(movingVariance, to: factor.map { try variance * $0 } ?? variance, momentum, count)
        }
        return y
    }

    /// `((x − mean) / sd · r + d) · gamma + beta`, with r and d from the statistics before this step.
    private func renormalized(_ x: Tensor) throws -> Tensor {
        let renorm = try renorm.required(by: self)
        let (normal, mean, variance) = try batchNormalization(x, axis: axis, epsilon: epsilon)
        let deviation = try sqrt(variance + epsilon)
        let (before, scale) = (try renorm.mean.value, try renorm.deviation.value)
        var r = try stopGradient(deviation / scale)
        var d = try stopGradient((mean - before) / scale)
        if let least = renormClipping.rMin { r = try maximum(r, least) }
        if let most = renormClipping.rMax { r = try minimum(r, most) }
        if let most = renormClipping.dMax { d = try clip(d, -most, most) }
        var y = try normal * along(r, x) + along(d, x)
        if let gamma { y = try y * along(gamma.value, x) }
        if let beta { y = try y + along(beta.value, x) }
        try updating(x) { count in
            try move(renorm.mean, to: mean, renormMomentum, count)
            try move(renorm.deviation, to: deviation, renormMomentum, count)
            try move(movingMean, to: mean, momentum, count)
            let moved = try move(renorm.movingDeviation, to: deviation, momentum, count)
            try assign(movingVariance, maximum(square(moved) - epsilon, 0))
        }
        return y
    }

    /// Each of several interleaved parts of the batch by its own statistics, whose means are those of the batch.
    private func trainedInVirtualBatches(_ x: Tensor) throws -> Tensor {
        let size = virtualBatchSize ?? 1
        guard x.shape[0] < 0 || x.shape[0] % size == 0 else {
            throw LayerError(.value, "virtual batches of \(size) do not divide a batch of \(x.shape[0])")
        }
        let rest = x.shape.dropFirst().extents
        guard x.shape.dropFirst().isKnown else { throw TensorError.symbolic(operator: "virtual batches") }
        let parts = try reshape(x, [size, x.shape[0] < 0 ? -1 : x.shape[0] / size] + rest)
        let place = (axis < 0 ? axis + x.rank : axis) + 1
        let axes = (0..<parts.rank).filter { $0 != 1 && $0 != place }
        let (mean, variance) = try moments(parts, axes: axes, keepingDimensions: true)
        var y = try reshape((parts - mean) * rsqrt(variance + epsilon), [max(x.shape[0], -1)] + rest)
        if let gamma { y = try y * along(gamma.value, x) }
        if let beta { y = try y + along(beta.value, x) }
        let others = (0..<parts.rank).filter { $0 != place }
        try updating(x) { count in
            try move(movingMean, to: Operators.mean(mean, axes: others), momentum, count)
            try move(movingVariance, to: Operators.mean(variance, axes: others), momentum, count)
        }
        return y
    }

    /// One number for each channel, to be combined with x.
    private func along(_ channels: Tensor, _ x: Tensor) throws -> Tensor {
        let place = axis < 0 ? axis + x.rank : axis
        return place == x.rank - 1
            ? channels : try reshape(channels, [-1] + Array(repeating: 1, count: x.rank - 1 - place))
    }

    // MARK: Moving statistics

    /// Runs what changes the statistics, unseen by tapes: now, or as updates of a graph.
    ///
    /// - Parameter body: gets the number of elements that each channel has in x, as a scalar.
    private func updating(_ x: Tensor, _ body: (Tensor) throws -> Void) throws {
        try withoutRecording {
            let place = axis < 0 ? axis + x.rank : axis
            let count: Tensor
            if x.shape.isKnown {
                count = try Tensor(repeating: Double(x.shape.removing(place).elementCount), [], x.dtype)
            } else {
                // Counted when it is there, in the first channel.
                var slices = Array(repeating: AxisSlice.all, count: x.rank)
                slices[place] = .range(from: 0, to: 1)
                count = try sum(onesLike(slice(x, slices)))
            }
            inputsOfUpdates = [x]
            defer { inputsOfUpdates = [] }
            try body(count)
        }
    }

    /// Moves a statistic towards that of a batch; an empty batch leaves it where it is.
    @discardableResult
    private func move(_ variable: Variable?, to value: Tensor, _ momentum: Double, _ count: Tensor) throws -> Tensor {
        let variable = try variable.required(by: self)
        let old = try variable.value
        let moved = try old - (old - value) * (1 - momentum)
        return try assign(variable, select(greater(count, 0), moved, old))
    }

    @discardableResult
    private func assign(_ variable: Variable?, _ value: Tensor) throws -> Tensor {
        let assigned = try variable.required(by: self).assign(value)
        addUpdate([assigned], inputs: inputsOfUpdates)
        return assigned
    }

    /// What the updates in the making depend on.
    private var inputsOfUpdates: [Tensor] = []

    public override func computeOutputShape(_ inputShape: Shape) -> Shape { inputShape }
}

extension BatchNormalization.RenormClipping {
    fileprivate init(_ configuration: LayerConfiguration) throws {
        guard let json = configuration.json("renorm_clipping") else {
            self.init()
            return
        }
        guard let object = json.object else { throw configuration.wrongValue("renorm_clipping", "an object") }
        func bound(_ key: String) throws -> Double? {
            guard let value = object[key], !value.isNull else { return nil }
            guard let number = value.double else {
                throw configuration.wrongValue("renorm_clipping", "an object of numbers")
            }
            return number
        }
        guard object.keys.allSatisfy(["rmin", "rmax", "dmax"].contains) else {
            throw configuration.wrongValue("renorm_clipping", "an object with rmin, rmax and dmax")
        }
        self.init(rMin: try bound("rmin"), rMax: try bound("rmax"), dMax: try bound("dmax"))
    }

    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["rmin"] = rMin.map { .double($0) }
        object["rmax"] = rMax.map { .double($0) }
        object["dmax"] = dMax.map { .double($0) }
        return .object(object)
    }
}
