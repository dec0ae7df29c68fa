import TensorCore

/// `z = x / y`, for floating types.
struct Divide: BroadcastingOperator {
    static var kernel: BinaryKernel { .divide }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        let dx = try dz / y
        return (needed[0] ? try sumLike(dx, x) : nil, needed[1] ? try sumLike(-(dx * z), y) : nil)
    }
}

extension Tensor {
    /// The quotient, element by element; shapes and errors as in ``BroadcastingOperator``.
    public static func / (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try apply(Divide(), to: x, y) }
}
