import TensorCore

/// `z = (x − y)²`, for numbers.
struct SquaredDifference: BroadcastingOperator {
    static var kernel: BinaryKernel { .squaredDifference }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        let dx = try 2 * (dz * (x - y))
        return (needed[0] ? try sumLike(dx, x) : nil, needed[1] ? try sumLike(-dx, y) : nil)
    }
}

/// The square of the difference, element by element; shapes and errors as in ``BroadcastingOperator``.
public func squaredDifference(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor {
    try apply(SquaredDifference(), to: x, y)
}
