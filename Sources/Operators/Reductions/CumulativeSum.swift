import TensorCore

/// At each place along an axis the sum of what comes up to it, for numbers; whole ones wrap around.
///
/// - Shapes: x's.
/// - Throws: `TensorError.axisOutOfRange`, `.unsupportedDType`.
/// - Source: tf.cumsum (TensorFlow 1.8).
struct CumulativeSum: UnaryOperator {
    let axis: Int
    /// Whether an element is left out of its own sum.
    let isExclusive: Bool
    /// Whether the sums begin at the end.
    let isReverse: Bool

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard ScanKernel.sum.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        _ = try resolvedAxis(axis, of: x.shape, operator: name)
        return x
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let (outer, middle, inner) = x.shape.around(try resolvedAxis(axis, of: x.shape, operator: name))
        ScanKernel.sum.run(
            x, into: &y, outer: outer, middle: middle, inner: inner, exclusive: isExclusive, reverse: isReverse)
    }

    /// An element is in the sums of all places after it.
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(CumulativeSum(axis: axis, isExclusive: isExclusive, isReverse: !isReverse), to: dy)
    }
}

/// The running sums along `axis`; shapes and errors as in ``CumulativeSum``.
public func cumulativeSum(
    _ x: Tensor, axis: Int = 0, exclusive: Bool = false, reverse: Bool = false
) throws(TensorError) -> Tensor {
    try apply(CumulativeSum(axis: axis, isExclusive: exclusive, isReverse: reverse), to: x)
}

/// At each place along an axis the product of what comes up to it; else as ``CumulativeSum``. Its gradient divides by x,
/// and is NaN where that is zero.
///
/// - Source: tf.cumprod (TensorFlow 1.8).
struct CumulativeProduct: UnaryOperator {
    let axis: Int
    let isExclusive: Bool
    let isReverse: Bool

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard ScanKernel.product.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        _ = try resolvedAxis(axis, of: x.shape, operator: name)
        return x
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let (outer, middle, inner) = x.shape.around(try resolvedAxis(axis, of: x.shape, operator: name))
        ScanKernel.product.run(
            x, into: &y, outer: outer, middle: middle, inner: inner, exclusive: isExclusive, reverse: isReverse)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try cumulativeSum(dy * y, axis: axis, exclusive: isExclusive, reverse: !isReverse) / x
    }
}

/// The running products along `axis`; shapes and errors as in ``CumulativeSum``.
public func cumulativeProduct(
    _ x: Tensor, axis: Int = 0, exclusive: Bool = false, reverse: Bool = false
) throws(TensorError) -> Tensor {
    try apply(CumulativeProduct(axis: axis, isExclusive: exclusive, isReverse: reverse), to: x)
}
