import TensorCore

/// `y = min(max(x, low), high)`; NaN stays. The gradient passes where x was inside, the ends included.
struct Clip: ElementwiseOperator {
    static var kernel: UnaryKernel { .clip }
    let low: Double
    let high: Double
    var parameters: (Double, Double) { (low, high) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(ClipSlope(low: low, high: high), to: x, dy)
    }
}

struct ClipSlope: SlopeOperator {
    static var kernel: BinaryKernel { .clipGradient }
    let low: Double
    let high: Double
    var parameters: (Double, Double) { (low, high) }

    func curvature(_ x: Tensor) -> Tensor? { nil }
}

/// Each element, or the end of the interval that it lies beyond.
///
/// - Throws: `TensorError.invalidArgument` when low is above high.
public func clip(_ x: Tensor, _ low: Double, _ high: Double) throws(TensorError) -> Tensor {
    guard low <= high else {
        throw .invalidArgument(operator: "clip", message: "the least value \(low) is not below the greatest \(high)")
    }
    guard !x.dtype.isInteger else { return try clip(x, Tensor(low, like: x), Tensor(high, like: x)) }
    return try apply(Clip(low: low, high: high), to: x)
}

/// The same with ends that stretch over x; for numbers.
public func clip(_ x: Tensor, _ low: Tensor, _ high: Tensor) throws(TensorError) -> Tensor {
    try minimum(maximum(x, low), high)
}
