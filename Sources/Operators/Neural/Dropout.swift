import TensorCore

/// Leaves elements out at random and scales the others up, so that what is expected stays: `y = x ⊙ mask`, with a mask of
/// zeros and `1 / (1 − rate)`. The hidden output is the mask.
///
/// - Shapes: `x`, a random key → like x. Along axes where the noise shape has extent 1, all elements share their fate.
/// - Throws: `TensorError.invalidArgument` for a rate outside `0 ..< 1`, `.shapeMismatch` for a noise shape that does not
///   stretch to x, `.unsupportedDType`.
/// - Source: Srivastava and others, *Dropout* (2014); tf.layers.dropout (TensorFlow 1.8).
struct Dropout: Operator {
    let rate: Double
    /// One extent for each axis, nil for x's own; nil for x's shape.
    let noiseShape: [Int?]?
    let hiddenOutputs = 1

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let x = inputs[0]
        try requireFloats(x.dtype, operator: name)
        try requireKey(inputs[1], operator: name)
        guard rate >= 0, rate < 1 else {
            throw .invalidArgument(operator: name, message: "the rate must be at least 0 and below 1, received \(rate)")
        }
        guard let noiseShape else { return [x, x] }
        guard noiseShape.count == x.rank else {
            throw .rankMismatch(operator: name, expected: "\(noiseShape.count) axes of the noise shape", received: x.shape)
        }
        var mask = x.shape
        for (axis, extent) in noiseShape.enumerated() {
            guard let extent else { continue }
            guard extent == 1 || extent == x.shape[axis] || (x.shape[axis] < 0 && extent > 1) else {
                throw .invalidArgument(
                    operator: name, message: "the noise shape \(noiseShape) does not stretch to \(x.shape)")
            }
            mask[axis] = extent
        }
        return [x, x.with(mask)]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let (x, stream) = (inputs[0], RandomStream(inputs[1]))
        let mask = outputs[1]
        let keep = 1 - rate
        Kernels.shareOut(mask.elementCount, cost: 4) { share in
            let target = mask.pointer + share.lowerBound * mask.dtype.byteCount
            Kernels.bernoulli(stream, share, mask.dtype, into: target, keep)
        }
        UnaryKernel.affine.run(inPlace: &outputs[1], 1 / keep, 0)
        // The mask in the making is an input of the product.
        let owner = MaskOwner()
        let factors = Tensor(viewing: UnsafeRawPointer(mask.pointer), spec: mask.spec, owner: owner)
        BinaryKernel.multiply.run(x, factors, into: &outputs[0])
    }

    private final class MaskOwner {}

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard pass.needed[0], let dy = pass.outputGradients[0] else { return [nil, nil] }
        return [try dy * pass.outputs[1], nil]
    }
}

/// Leaves out elements of `x` with probability `rate`; shapes and errors as in ``Dropout``.
///
/// - Parameter key: what the choice follows from; by default a new one, see ``randomKey(from:)``.
public func dropout(
    _ x: Tensor, rate: Double, noiseShape: [Int?]? = nil, key: Tensor? = nil
) throws(TensorError) -> Tensor {
    try apply(Dropout(rate: rate, noiseShape: noiseShape), to: [x, someKey(key)])[0]
}

/// Multiplies with numbers around one: `y = x ⊙ n`, n normal with mean 1 and variance `rate / (1 − rate)`.
///
/// - Source: Srivastava and others, *Dropout* (2014), §10; tf.keras.layers.GaussianDropout.
public func gaussianDropout(_ x: Tensor, rate: Double, key: Tensor? = nil) throws(TensorError) -> Tensor {
    guard rate >= 0, rate < 1 else {
        throw .invalidArgument(
            operator: "gaussianDropout", message: "the rate must be at least 0 and below 1, received \(rate)")
    }
    return try x * randomNormal(like: x, mean: 1, deviation: (rate / (1 - rate)).squareRoot(), key: key)
}

/// Adds normal noise.
///
/// - Source: tf.keras.layers.GaussianNoise.
public func gaussianNoise(_ x: Tensor, deviation: Double, key: Tensor? = nil) throws(TensorError) -> Tensor {
    try x + randomNormal(like: x, mean: 0, deviation: deviation, key: key)
}

/// Dropout for selu networks: what is left out takes selu's lowest value, and the result keeps mean and variance.
///
/// - Source: Klambauer and others, *Self-normalizing neural networks* (2017); tf.keras.layers.AlphaDropout.
public func alphaDropout(_ x: Tensor, rate: Double, key: Tensor? = nil) throws(TensorError) -> Tensor {
    guard rate >= 0, rate < 1 else {
        throw .invalidArgument(
            operator: "alphaDropout", message: "the rate must be at least 0 and below 1, received \(rate)")
    }
    let lowest = -1.0507009873554805 * 1.6732632423543772
    let kept = try bernoulli(like: x, probability: 1 - rate, key: key)
    let scale = 1 / ((1 - rate) * (1 + rate * lowest * lowest)).squareRoot()
    return try (x * kept + (1 - kept) * lowest) * scale - scale * lowest * rate
}
