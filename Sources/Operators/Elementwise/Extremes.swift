import TensorCore

/// The greater of two elements, for numbers; NaN where either is. Of equals the gradient goes to x.
struct Maximum: BroadcastingOperator {
    static var kernel: BinaryKernel { .maximum }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        try extremeGradients(takesX: greaterEqual(x, y), x, y, dz, needed)
    }
}

/// The lesser of two elements; else as ``Maximum``.
struct Minimum: BroadcastingOperator {
    static var kernel: BinaryKernel { .minimum }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        try extremeGradients(takesX: lessEqual(x, y), x, y, dz, needed)
    }
}

private func extremeGradients(
    takesX: Tensor, _ x: Tensor, _ y: Tensor, _ dz: Tensor, _ needed: Needed
) throws(TensorError) -> (Tensor?, Tensor?) {
    let zero = try Tensor(0, like: dz)
    return (
        needed[0] ? try sumLike(select(takesX, dz, zero), x) : nil,
        needed[1] ? try sumLike(select(takesX, zero, dz), y) : nil
    )
}

/// The greater, element by element; shapes and errors as in ``BroadcastingOperator``.
public func maximum(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(Maximum(), to: x, y) }
/// The lesser, element by element.
public func minimum(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(Minimum(), to: x, y) }
/// Each element, or a number where that is greater.
public func maximum(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor { try maximum(x, Tensor(y, like: x)) }
/// Each element, or a number where that is less.
public func minimum(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor { try minimum(x, Tensor(y, like: x)) }
