import TensorCore

/// Takes mean and variance out of each channel of a batch, or of each group of channels of each of its elements:
/// `y = gamma · (x − mean) / √(variance + epsilon) + beta`, with the biased variance.
///
/// With groups, mean and variance are hidden outputs; without, they are the batch's, which moving statistics are made of.
///
/// - Shapes: `x` with the channels at `axis`, `gamma` and `beta` `[channels]`, both optional → y like x, mean and variance
///   `[channels]`, or `[batch, groups]`.
/// - Throws: `TensorError.axisOutOfRange`, `.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`, `.invalidArgument` for
///   groups that do not divide the channels.
/// - Source: Ioffe and Szegedy, *Batch normalization* (2015); Wu and He, *Group normalization* (2018).
struct ChannelNormalization: Operator {
    let axis: Int
    /// nil: one mean for each channel of the whole batch.
    let groups: Int?
    let epsilon: Double
    let hasGamma: Bool
    let hasBeta: Bool

    var name: String { groups == nil ? "batchNormalization" : "groupNormalization" }
    var hiddenOutputs: Int { groups == nil ? 0 : 2 }
    var inputCount: Int { 1 + (hasGamma ? 1 : 0) + (hasBeta ? 1 : 0) }

    func gamma<Value>(_ inputs: [Value]) -> Value? { hasGamma ? inputs[1] : nil }
    func beta<Value>(_ inputs: [Value]) -> Value? { hasBeta ? inputs[hasGamma ? 2 : 1] : nil }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let x = inputs[0]
        try requireFloats(x.dtype, operator: name)
        let place = try resolvedAxes([axis], of: x.shape, operator: name)[0]
        let channels = x.shape[place]
        for factor in inputs.dropFirst() {
            try requireSame(x, factor, operator: name)
            guard factor.rank == 1, factor.shape.accepts([channels]) else {
                throw .shapeMismatch(
                    operator: name, left: x.shape, right: factor.shape,
                    rule: "there is one element for each channel of axis \(place)")
            }
        }
        guard let groups else { return [x, x.with([channels]), x.with([channels])] }
        let groupsMax = channels < 0 ? Shape.extentMax : max(channels, 1)
        guard place > 0, groups > 0, groups <= groupsMax, channels < 0 || channels % groups == 0 else {
            throw .invalidArgument(
                operator: name, message: "\(channels) channels at axis \(place) do not fall into \(groups) groups")
        }
        let statistics = x.with([x.shape[0], groups])
        return [x, statistics, statistics]
    }

    func shape(_ x: TensorSpec) -> NormShape {
        let place = axis < 0 ? axis + x.rank : axis
        let first = groups == nil ? 0 : 1
        return NormShape(
            samples: groups == nil ? 1 : x.shape[0], outer: x.shape[first..<place].elementCount,
            channels: x.shape[place], inner: x.shape.dropFirst(place + 1).elementCount,
            groups: groups ?? x.shape[place], dtype: x.dtype)
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        let shape = shape(inputs[0].spec)
        let (mean, variance) = Kernels.moments(inputs[0].pointer, shape)
        write(mean, into: outputs[1])
        write(variance, into: outputs[2])
        let scales = shape.spread(variance.map { 1 / ($0 + epsilon).squareRoot() })
        let gamma = gamma(inputs).map(numbers)
        let beta = beta(inputs).map(numbers)
        let (a, b) = factors(scales, gamma, beta, channels: shape.channels)
        Kernels.scale(inputs[0].pointer, mean: mean, a, b, into: outputs[0].pointer, shape)
    }

    /// What (x − mean) is multiplied with, and what is added.
    func factors(_ scales: [Double], _ gamma: [Double]?, _ beta: [Double]?, channels: Int) -> ([Double], [Double]) {
        (
            scales.indices.map { scales[$0] * (gamma?[$0 % channels] ?? 1) },
            scales.indices.map { beta?[$0 % channels] ?? 0 }
        )
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        let arrived = groups == nil ? pass.outputGradients : [pass.outputGradients[0], nil, nil]
        guard arrived.contains(where: { $0 != nil }) else { return pass.inputs.map { _ in nil } }
        let op = ChannelNormalizationGradient(normalization: self, arrives: arrived.map { $0 != nil })
        let found = try apply(
            op, to: pass.inputs + [pass.outputs[1], pass.outputs[2]] + arrived.compactMap { $0 })
        return found
    }

    /// The same function of other operators, for second derivatives.
    func composed(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] {
        let x = inputs[0]
        let place = try resolvedAxes([axis], of: x.shape, operator: name)[0]
        guard x.shape.dropFirst().isKnown else { throw .symbolic(operator: "the second gradient of \(name)") }
        let channels = x.shape[place]
        var whole = x
        var axes = (0..<x.rank).filter { $0 != place }
        if let groups {
            // The channels' axis becomes two, of groups and of what is in one.
            var extents = x.shape.replacing(0, with: x.elementCount == 0 ? 0 : -1).extents
            extents.replaceSubrange(place...place, with: [groups, channels / groups])
            whole = try reshape(x, extents)
            axes = (1..<whole.rank).filter { $0 != place }
        }
        let centre = try mean(whole, axes: axes, keepingDimensions: true)
        let distance = try whole - centre
        let spread = try mean(square(distance), axes: axes, keepingDimensions: true)
        var y = try reshape(distance * rsqrt(spread + epsilon), like: x)
        let stretched = (0..<x.rank).map { $0 == place ? channels : 1 }
        if let gamma = gamma(inputs) { y = try y * reshape(gamma, stretched) }
        if let beta = beta(inputs) { y = try y + reshape(beta, stretched) }
        let statistics = groups.map { [x.elementCount == 0 ? 0 : -1, $0] } ?? [channels]
        return [y, try reshape(centre, statistics), try reshape(spread, statistics)]
    }
}

/// The gradient of ``ChannelNormalization`` as one operator: of its inputs, mean and variance, and what arrives at y, at
/// the mean and at the variance.
struct ChannelNormalizationGradient: Operator {
    let normalization: ChannelNormalization
    /// At which of the three something arrives.
    let arrives: [Bool]

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { Array(inputs.prefix(normalization.inputCount)) }

    /// `dx = r γ dy − r/n Σ γ dy − (x − mean) r³/n Σ γ dy (x − mean)` over each group, and what the statistics give.
    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let count = normalization.inputCount
        let x = inputs[0]
        let shape = normalization.shape(x.spec)
        var rest = inputs.dropFirst(count + 2).makeIterator()
        let arrived = arrives.map { $0 ? rest.next() : nil }
        let dy: Tensor
        if let known = arrived[0] {
            dy = known
        } else {
            dy = try Tensor(uninitialized: x.spec)
            copyOrClear(nil, into: dy.buffer)
        }
        let (mean, variance) = (numbers(inputs[count]), numbers(inputs[count + 1]))
        let (dmean, dvariance) = (arrived[1].map(numbers), arrived[2].map(numbers))
        let gamma = normalization.gamma(inputs).map(numbers)
        let (channels, groups) = (shape.channels, shape.groups)
        let (sums, products) = Kernels.normSums(x.pointer, dy.pointer, mean: mean, shape)

        var dgamma = [Double](repeating: 0, count: channels)
        var dbeta = dgamma
        var groupSums = [Double](repeating: 0, count: shape.samples * groups)
        var groupProducts = groupSums
        let scales = variance.map { 1 / ($0 + normalization.epsilon).squareRoot() }
        for place in sums.indices {
            let channel = place % channels
            let group = place / channels * groups + channel / max(1, channels / groups)
            dgamma[channel] += products[place] * scales[group]
            dbeta[channel] += sums[place]
            groupSums[group] += sums[place] * (gamma?[channel] ?? 1)
            groupProducts[group] += products[place] * (gamma?[channel] ?? 1)
        }
        let size = Double(max(1, shape.outer * shape.inner * channels / max(1, groups)))
        let slope = scales.indices.map {
            (2 * (dvariance?[$0] ?? 0) - groupProducts[$0] * scales[$0] * scales[$0] * scales[$0]) / size
        }
        let offset = scales.indices.map { ((dmean?[$0] ?? 0) - groupSums[$0] * scales[$0]) / size }
        let (a, _) = normalization.factors(shape.spread(scales), gamma, nil, channels: channels)
        Kernels.normBackward(
            x.pointer, dy.pointer, mean: mean, a, shape.spread(slope), shape.spread(offset), into: outputs[0].pointer,
            shape)
        if normalization.hasGamma { write(dgamma, into: outputs[1]) }
        if normalization.hasBeta { write(dbeta, into: outputs[count - 1]) }
        withExtendedLifetime(dy) {}
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        try gradientsOfFusedGradient(
            pass, inputs: normalization.inputCount, hidden: 2, arrives: arrives,
            places: Array(0..<normalization.inputCount), composed: normalization.composed)
    }
}

/// The elements in double precision.
func numbers(_ tensor: Tensor) -> [Double] {
    tensor.dtype == .float64 ? tensor.scalars(Double.self) : tensor.scalars(Float.self).map(Double.init)
}

/// Writes numbers in the buffer's own precision.
func write(_ numbers: [Double], into buffer: TensorBuffer) {
    for (place, number) in numbers.enumerated() {
        if buffer.dtype == .float64 {
            buffer.pointer(to: Double.self)[place] = number
        } else {
            buffer.pointer(to: Float.self)[place] = Float(number)
        }
    }
}

/// Normalizes each channel over the batch; shapes and errors as in ``ChannelNormalization``.
///
/// - Returns: y, and the batch's mean and biased variance.
public func batchNormalization(
    _ x: Tensor, gamma: Tensor? = nil, beta: Tensor? = nil, axis: Int = -1, epsilon: Double = 1e-3
) throws(TensorError) -> (y: Tensor, mean: Tensor, variance: Tensor) {
    let op = ChannelNormalization(
        axis: axis, groups: nil, epsilon: epsilon, hasGamma: gamma != nil, hasBeta: beta != nil)
    let results = try apply(op, to: [x, gamma, beta].compactMap { $0 })
    return (results[0], results[1], results[2])
}

/// Normalizes each group of channels of each element of the batch; shapes and errors as in ``ChannelNormalization``.
public func groupNormalization(
    _ x: Tensor, groups: Int, gamma: Tensor? = nil, beta: Tensor? = nil, axis: Int = -1, epsilon: Double = 1e-3
) throws(TensorError) -> Tensor {
    let op = ChannelNormalization(
        axis: axis, groups: groups, epsilon: epsilon, hasGamma: gamma != nil, hasBeta: beta != nil)
    return try apply(op, to: [x, gamma, beta].compactMap { $0 })[0]
}
