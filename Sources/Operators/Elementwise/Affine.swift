import TensorCore

/// `y = scale · x + offset` with two numbers: what `x * 2`, `1 - x` and `-x` are made of.
struct Affine: UnaryOperator {
    let scale: Double
    let offset: Double

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard UnaryKernel.affine.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        return x
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) { UnaryKernel.affine.run(x, into: &y, scale, offset) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        scale == 1 ? dy : try dy * scale
    }
}

extension Tensor {
    public static func * (x: Tensor, scale: Double) throws(TensorError) -> Tensor {
        try apply(Affine(scale: scale, offset: 0), to: x)
    }
    public static func * (scale: Double, x: Tensor) throws(TensorError) -> Tensor { try x * scale }
    public static func / (x: Tensor, divisor: Double) throws(TensorError) -> Tensor { try x * (1 / divisor) }
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
