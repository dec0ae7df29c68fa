import TensorCore

/// `z = x^y`, for numbers; whole ones wrap around.
///
/// - Throws: `TensorError.invalidArgument` when a whole exponent is negative.
struct Power: BroadcastingOperator {
    static var kernel: BinaryKernel { .power }

    func forward(_ x: Tensor, _ y: Tensor, into z: inout TensorBuffer) throws(TensorError) {
        if y.dtype.isInteger, Kernels.containsNegative(y) {
            throw .invalidArgument(operator: name, message: "a whole number has no negative power")
        }
        Self.kernel.run(x, y, into: &z)
    }

    /// `dx = dz · y · x^(y−1)`, and zero where y is; `dy = dz · z · ln x` where x is above zero.
    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        var dx: Tensor?
        var dy: Tensor?
        if needed[0] {
            let one = try Tensor(1, like: y)
            // With an exponent of one in place of zero, the power of a zero stays finite.
            let exponent = try select(equal(y, 0), one, y) - one
            dx = try sumLike(dz * y * pow(x, exponent), x)
        }
        if needed[1] {
            let isPositive = try greater(x, 0)
            let logarithm = try log(select(isPositive, x, Tensor(1, like: x)))
            dy = try sumLike(dz * z * logarithm, y)
        }
        return (dx, dy)
    }
}

/// `y = x^p` with one number p, for floats.
struct PowerOf: ElementwiseOperator {
    static var kernel: UnaryKernel { .powerOf }
    let exponent: Double
    var parameters: (Double, Double) { (exponent, 0) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try dy * pow(x, exponent - 1) * exponent
    }
}

/// The power, element by element; shapes and errors as in ``Power``.
public func pow(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(Power(), to: x, y) }

/// Each element to one power.
public func pow(_ x: Tensor, _ exponent: Double) throws(TensorError) -> Tensor {
    guard !x.dtype.isInteger else { return try pow(x, Tensor(exponent, like: x)) }
    // Powers that have a loop of their own; zero has no slope at all.
    switch exponent {
    case 0: return try apply(Affine(scale: 0, offset: 1), to: zerosLike(x))
    case 1: return try identity(x)
    case 2: return try square(x)
    case 0.5: return try sqrt(x)
    case -1: return try reciprocal(x)
    case -0.5: return try rsqrt(x)
    default: return try apply(PowerOf(exponent: exponent), to: x)
    }
}
