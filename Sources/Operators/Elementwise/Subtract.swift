import TensorCore

/// `z = x − y`
struct Subtract: BroadcastingOperator {
    static var kernel: BinaryKernel { .subtract }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try sumLike(dz, x) : nil, needed[1] ? try sumLike(-dz, y) : nil)
    }
}

extension Tensor {
    /// The difference, element by element; shapes and errors as in ``BroadcastingOperator``.
    public static func - (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try apply(Subtract(), to: x, y) }
}
