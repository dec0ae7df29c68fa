import TensorCore

/// Normalizes channels with given statistics: `y = gamma · (x − mean) / √(variance + epsilon) + beta`.
///
/// - Shapes: `x` with the channels at `axis`, all others `[channels]`; gamma and beta are optional.
/// - Throws: as ``ChannelNormalization``.
struct BatchNormalizationInference: Operator {
    /// The normalization by the batch's own statistics, whose rules for shapes are the same.
    let normalization: ChannelNormalization

    var name: String { "batchNormalization" }

    /// The inputs but for mean and variance, which come second and third.
    private func own<Value>(_ inputs: [Value]) -> [Value] { [inputs[0]] + inputs.dropFirst(3) }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let specs = try normalization.outputSpecs(own(inputs))
        for statistic in inputs[1...2] {
            try requireSame(inputs[0], statistic, operator: name)
            guard specs[1].shape.accepts(statistic.shape) else {
                throw .shapeMismatch(
                    operator: name, left: inputs[0].shape, right: statistic.shape,
                    rule: "mean and variance have one element for each channel")
            }
        }
        return [specs[0]]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        let shape = normalization.shape(inputs[0].spec)
        let scales = numbers(inputs[2]).map { 1 / ($0 + normalization.epsilon).squareRoot() }
        let (a, b) = normalization.factors(
            scales, normalization.gamma(own(inputs)).map(numbers), normalization.beta(own(inputs)).map(numbers),
            channels: shape.channels)
        Kernels.scale(inputs[0].pointer, mean: numbers(inputs[1]), a, b, into: outputs[0].pointer, shape)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        try composedGradients(pass.inputs, arriving: pass.outputGradients, needed: pass.needed) {
            inputs throws(TensorError) in
            let x = inputs[0]
            let place = try resolvedAxes([normalization.axis], of: x.shape, operator: name)[0]
            func stretched(_ factor: Tensor) throws(TensorError) -> Tensor {
                try reshape(factor, (0..<x.rank).map { $0 == place ? -1 : 1 })
            }
            var y = try (x - stretched(inputs[1])) * stretched(rsqrt(inputs[2] + normalization.epsilon))
            if let gamma = normalization.gamma(own(inputs)) { y = try y * stretched(gamma) }
            if let beta = normalization.beta(own(inputs)) { y = try y + stretched(beta) }
            return [y]
        }
    }
}

/// Normalizes channels with given statistics; shapes and errors as in ``BatchNormalizationInference``.
public func batchNormalization(
    _ x: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor? = nil, beta: Tensor? = nil, axis: Int = -1,
    epsilon: Double = 1e-3
) throws(TensorError) -> Tensor {
    let op = ChannelNormalization(
        axis: axis, groups: nil, epsilon: epsilon, hasGamma: gamma != nil, hasBeta: beta != nil)
    return try apply(
        BatchNormalizationInference(normalization: op), to: [x, mean, variance, gamma, beta].compactMap { $0 })[0]
}
