import TensorCore

/// `z = x + y`
struct Add: BroadcastingOperator {
    static var kernel: BinaryKernel { .add }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try sumLike(dz, x) : nil, needed[1] ? try sumLike(dz, y) : nil)
    }
}

extension Tensor {
    /// The sum, element by element; shapes and errors as in ``BroadcastingOperator``.
    public static func + (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try apply(Add(), to: x, y) }
}
