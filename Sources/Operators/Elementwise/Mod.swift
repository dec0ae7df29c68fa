import TensorCore

/// `z = x − y ⌊x / y⌋`, for numbers: the remainder with the sign of the divisor.
///
/// - Throws: `TensorError.invalidArgument` when a whole y is zero.
/// - Source: tf.mod (TensorFlow 1.8), which is tf.floormod.
struct Mod: BroadcastingOperator {
    static var kernel: BinaryKernel { .mod }

    func forward(_ x: Tensor, _ y: Tensor, into z: inout TensorBuffer) throws(TensorError) {
        try requireNonzero(y, operator: name)
        Self.kernel.run(x, y, into: &z)
    }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (
            needed[0] ? try sumLike(dz, x) : nil,
            needed[1] ? try sumLike(-(dz * floorDivide(x, y)), y) : nil
        )
    }
}

/// The remainder with the sign of the dividend.
///
/// - Source: tf.truncatemod (TensorFlow 1.8).
struct TruncateMod: BroadcastingStepOperator {
    static var kernel: BinaryKernel { .truncateMod }

    func forward(_ x: Tensor, _ y: Tensor, into z: inout TensorBuffer) throws(TensorError) {
        try requireNonzero(y, operator: name)
        Self.kernel.run(x, y, into: &z)
    }
}

/// The remainder with the sign of y; shapes and errors as in ``Mod``.
public func mod(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(Mod(), to: x, y) }
/// The remainder by a number, with its sign.
public func mod(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor { try mod(x, Tensor(y, like: x)) }
/// The remainder with the sign of x; no gradient flows.
public func truncateMod(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(TruncateMod(), to: x, y) }
