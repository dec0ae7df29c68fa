import TensorCore

/// `z = x ⊙ y`
struct Multiply: BroadcastingOperator {
    static var kernel: BinaryKernel { .multiply }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try sumLike(dz * y, x) : nil, needed[1] ? try sumLike(dz * x, y) : nil)
    }
}

extension Tensor {
    /// The product, element by element; shapes and errors as in ``BroadcastingOperator``.
    public static func * (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try apply(Multiply(), to: x, y) }
}
