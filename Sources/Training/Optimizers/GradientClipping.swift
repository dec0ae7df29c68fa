import Operators
import TensorCore

/// How gradients are kept from growing too large, before they are applied.
public enum GradientClipping: Sendable, Equatable {
    /// Every element to between −limit and limit: Keras's `clipvalue`.
    case value(Double)
    /// Every variable's gradient to a norm of at most this: `clipnorm`.
    case norm(Double)
    /// All gradients together: `global_clipnorm`.
    case globalNorm(Double)

    /// The gradients within the limit. Of slices, their values count.
    public func callAsFunction(_ gradients: [Gradient]) throws(TensorError) -> [Gradient] {
        switch self {
        case .value(let limit):
            try changed(gradients) { (values) throws(TensorError) in try clip(values, -limit, limit) }
        case .norm(let limit):
            try changed(gradients) { (values) throws(TensorError) in try clipByNorm(values, limit) }
        case .globalNorm(let limit): try clipByGlobalNorm(gradients, limit).gradients
        }
    }
}

/// `x` with every element brought to between `low` and `high`.
///
/// - Source: tf.clip_by_value (TensorFlow 1.8).
public func clipByValue(_ x: Tensor, _ low: Double, _ high: Double) throws(TensorError) -> Tensor {
    try clip(x, low, high)
}

/// `x` scaled down to a norm of at most `limit`.
///
/// - Parameter axes: along which the norm is taken; nil for all.
/// - Source: tf.clip_by_norm (TensorFlow 1.8).
public func clipByNorm(_ x: Tensor, _ limit: Double, axes: [Int]? = nil) throws(TensorError) -> Tensor {
    let squares = try sum(square(x), axes: axes, keepingDimensions: true)
    // Where all is zero the root has no slope: there the limit is larger than the norm, whatever stands for it.
    let norm = try sqrt(select(equal(squares, 0), onesLike(squares) * (limit * limit), squares))
    return try x * limit / maximum(norm, limit)
}

/// The root of the sum of all squares.
///
/// - Source: tf.global_norm (TensorFlow 1.8).
public func globalNorm(_ gradients: [Gradient]) throws(TensorError) -> Tensor {
    var total: Tensor?
    for gradient in gradients {
        let squares = try sum(square(gradient.values))
        if let known = total { total = try known + squares } else { total = squares }
    }
    return try sqrt(total ?? Tensor(0))
}

/// The gradients, all scaled down by one number so that their global norm is at most `limit`; not a number once that norm
/// is infinite.
///
/// - Source: tf.clip_by_global_norm (TensorFlow 1.8).
public func clipByGlobalNorm(
    _ gradients: [Gradient], _ limit: Double
) throws(TensorError) -> (gradients: [Gradient], norm: Tensor) {
    let norm = try globalNorm(gradients)
    let scale = try limit * minimum(1 / norm, 1 / limit) + (norm - norm)
    return (try changed(gradients) { (values) throws(TensorError) in try values * cast(scale, to: values.dtype) }, norm)
}

/// The same for tensors.
public func clipByGlobalNorm(
    _ gradients: [Tensor], _ limit: Double
) throws(TensorError) -> (gradients: [Tensor], norm: Tensor) {
    let (clipped, norm) = try clipByGlobalNorm(gradients.map { .dense($0) }, limit)
    return (clipped.compactMap { if case .dense(let tensor) = $0 { tensor } else { nil } }, norm)
}

private func changed(
    _ gradients: [Gradient], _ change: (Tensor) throws(TensorError) -> Tensor
) throws(TensorError) -> [Gradient] {
    var results: [Gradient] = []
    for gradient in gradients {
        switch gradient {
        case .dense(let tensor): results.append(.dense(try change(tensor)))
        case .slices(let slices): results.append(.slices(try slices.mapValues(change)))
        }
    }
    return results
}

extension Gradient {
    /// The tensor, or the values of the slices.
    var values: Tensor {
        switch self {
        case .dense(let tensor): tensor
        case .slices(let slices): slices.values
        }
    }
}
