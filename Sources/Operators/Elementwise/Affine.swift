import TensorCore

/// `y = scale · x + offset` with two numbers: what `x * 2`, `1 - x` and `-x` are made of. Whole dtypes take whole numbers
/// and wrap around.
struct Affine: ElementwiseOperator {
    static var kernel: UnaryKernel { .affine }
    let scale: Double
    let offset: Double
    var parameters: (Double, Double) { (scale, offset) }

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard Self.kernel.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        if x.dtype.isInteger {
            for number in parameterList where Int64(exactly: number) == nil {
                throw .invalidArgument(operator: name, message: "\(number) is no whole number, and x is \(x.dtype)")
            }
        }
        return x
    }

    private var parameterList: [Double] { [scale, offset] }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        scale == 1 ? dy : try dy * scale
    }
}

// Each is ``Affine``, except that whole numbers are not divided.
extension Tensor {
    public static func * (x: Tensor, scale: Double) throws(TensorError) -> Tensor {
        try apply(Affine(scale: scale, offset: 0), to: x)
    }
    public static func * (scale: Double, x: Tensor) throws(TensorError) -> Tensor { try x * scale }
    public static func / (x: Tensor, divisor: Double) throws(TensorError) -> Tensor {
        guard !x.dtype.isInteger else { throw .unsupportedDType(operator: "Divide", received: x.dtype) }
        return try x * (1 / divisor)
    }
    public static func / (dividend: Double, x: Tensor) throws(TensorError) -> Tensor {
        dividend == 1 ? try reciprocal(x) : try reciprocal(x) * dividend
    }
    public static func + (x: Tensor, offset: Double) throws(TensorError) -> Tensor {
        try apply(Affine(scale: 1, offset: offset), to: x)
    }
    public static func + (offset: Double, x: Tensor) throws(TensorError) -> Tensor { try x + offset }
    public static func - (x: Tensor, offset: Double) throws(TensorError) -> Tensor { try x + (-offset) }
    public static func - (minuend: Double, x: Tensor) throws(TensorError) -> Tensor {
        try apply(Affine(scale: -1, offset: minuend), to: x)
    }
    public static prefix func - (x: Tensor) throws(TensorError) -> Tensor { try x * -1 }
}
