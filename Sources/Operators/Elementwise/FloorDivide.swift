import TensorCore

/// `z = ⌊x / y⌋`, for numbers. No gradient flows.
///
/// - Throws: `TensorError.invalidArgument` when a whole y is zero.
/// - Source: tf.floordiv (TensorFlow 1.8).
struct FloorDivide: BroadcastingStepOperator {
    static var kernel: BinaryKernel { .floorDivide }

    func forward(_ x: Tensor, _ y: Tensor, into z: inout TensorBuffer) throws(TensorError) {
        try requireNonzero(y, operator: name)
        Self.kernel.run(x, y, into: &z)
    }
}

/// Refuses whole divisors that are zero.
func requireNonzero(_ divisor: Tensor, operator name: @autoclosure () -> String) throws(TensorError) {
    if divisor.dtype.isInteger, Kernels.containsZero(divisor) {
        throw .invalidArgument(operator: name(), message: "division by zero")
    }
}

/// The quotient, rounded down; shapes and errors as in ``FloorDivide``.
public func floorDivide(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(FloorDivide(), to: x, y) }
/// The quotient by a number, rounded down.
public func floorDivide(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor {
    try floorDivide(x, Tensor(y, like: x))
}
