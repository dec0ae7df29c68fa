import TensorCore

/// Normalizes what lies in the last axes of each element: `y = gamma ⊙ (x − mean) / √(variance + epsilon) + beta`, or without
/// a mean by the root of the mean square. Hidden outputs: the mean and `1 / √(variance + epsilon)` of each row.
///
/// - Shapes: `x [..., features…]`, `gamma` and `beta` `[features…]`, both optional → like x.
/// - Throws: `TensorError.rankTooSmall`, `.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
/// - Source: Ba, Kiros and Hinton, *Layer normalization* (2016); Zhang and Sennrich, *Root mean square layer
///   normalization* (2019).
struct LayerNormalization: Operator {
    /// How many axes are normalized together.
    let axes: Int
    let epsilon: Double
    /// Whether the mean is taken out.
    let centred: Bool
    let hasGamma: Bool
    let hasBeta: Bool

    let hiddenOutputs = 2
    var name: String { centred ? "layerNormalization" : "rootMeanSquareNormalization" }
    var inputCount: Int { 1 + (hasGamma ? 1 : 0) + (hasBeta ? 1 : 0) }

    func gamma<Value>(_ inputs: [Value]) -> Value? { hasGamma ? inputs[1] : nil }
    func beta<Value>(_ inputs: [Value]) -> Value? { hasBeta ? inputs[hasGamma ? 2 : 1] : nil }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let x = inputs[0]
        try requireFloats(x.dtype, operator: name)
        guard axes > 0, x.rank >= axes else {
            throw .rankTooSmall(operator: name, minimum: max(1, axes), received: x.shape)
        }
        let features = x.shape.dropFirst(x.rank - axes)
        for factor in inputs.dropFirst() {
            try requireSame(x, factor, operator: name)
            guard features.accepts(factor.shape) else {
                throw .shapeMismatch(
                    operator: name, left: x.shape, right: factor.shape,
                    rule: "there is one element for each of the features \(features)")
            }
        }
        let rows = x.with(x.shape.dropLast(axes))
        return [x, rows, rows]
    }

    private func count(_ x: Tensor) -> Int { x.shape.dropFirst(x.rank - axes).elementCount }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        let n = count(inputs[0])
        if n == 0 {
            copyOrClear(nil, into: outputs[1])
            copyOrClear(nil, into: outputs[2])
        }
        Kernels.normalizeRows(
            inputs[0], count: n, epsilon: epsilon, centred: centred, gamma: gamma(inputs), beta: beta(inputs),
            into: outputs[0], mean: outputs[1], scale: outputs[2])
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard let dy = pass.outputGradients[0] else { return pass.inputs.map { _ in nil } }
        return try apply(
            LayerNormalizationGradient(normalization: self), to: pass.inputs + [pass.outputs[1], pass.outputs[2], dy])
    }

    func backward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        let (x, mean, scale, dy) = (
            inputs[0], inputs[inputCount], inputs[inputCount + 1], inputs[inputCount + 2]
        )
        let (dgamma, dbeta) = Kernels.normalizeRowsBackward(
            x, dy, count: count(x), centred: centred, gamma: gamma(inputs), mean: mean, scale: scale, into: outputs[0])
        if hasGamma { write(dgamma, into: outputs[1]) }
        if hasBeta { write(dbeta, into: outputs[inputCount - 1]) }
    }

    /// The same function of other operators, for second derivatives.
    func composed(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] {
        let x = inputs[0]
        let last = Array((x.rank - axes)..<x.rank)
        let distance = centred ? try x - mean(x, axes: last, keepingDimensions: true) : x
        let spread = try mean(square(distance), axes: last, keepingDimensions: true)
        var y = try distance * rsqrt(spread + epsilon)
        if let gamma = gamma(inputs) { y = try y * gamma }
        if let beta = beta(inputs) { y = try y + beta }
        return [y]
    }
}

/// The gradient of ``LayerNormalization`` as one operator: of its inputs, mean and scale, and what arrives at y.
struct LayerNormalizationGradient: Operator {
    let normalization: LayerNormalization

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { Array(inputs.prefix(normalization.inputCount)) }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        normalization.backward(inputs, into: &outputs)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        try gradientsOfFusedGradient(
            pass, inputs: normalization.inputCount, hidden: 2, arrives: [true],
            places: Array(0..<normalization.inputCount), composed: normalization.composed)
    }
}

/// Normalizes the last `axes` axes of each element; shapes and errors as in ``LayerNormalization``.
public func layerNormalization(
    _ x: Tensor, gamma: Tensor? = nil, beta: Tensor? = nil, axes: Int = 1, epsilon: Double = 1e-3
) throws(TensorError) -> Tensor {
    let op = LayerNormalization(
        axes: axes, epsilon: epsilon, centred: true, hasGamma: gamma != nil, hasBeta: beta != nil)
    return try apply(op, to: [x, gamma, beta].compactMap { $0 })[0]
}

/// Divides the last `axes` axes of each element by the root of their mean square; shapes and errors as in
/// ``LayerNormalization``.
public func rootMeanSquareNormalization(
    _ x: Tensor, gamma: Tensor? = nil, axes: Int = 1, epsilon: Double = 1e-6
) throws(TensorError) -> Tensor {
    let op = LayerNormalization(axes: axes, epsilon: epsilon, centred: false, hasGamma: gamma != nil, hasBeta: false)
    return try apply(op, to: [x, gamma].compactMap { $0 })[0]
}
