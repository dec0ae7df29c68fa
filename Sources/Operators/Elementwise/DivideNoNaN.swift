import TensorCore

/// `z = x / y`, and 0 where y is 0; for floats.
struct DivideNoNaN: BroadcastingOperator {
    static var kernel: BinaryKernel { .divideNoNaN }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        let dx = try divideNoNaN(dz, y)
        return (needed[0] ? try sumLike(dx, x) : nil, needed[1] ? try sumLike(-(dx * z), y) : nil)
    }
}

/// The quotient, or 0 where the divisor is; shapes and errors as in ``BroadcastingOperator``.
public func divideNoNaN(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(DivideNoNaN(), to: x, y) }
