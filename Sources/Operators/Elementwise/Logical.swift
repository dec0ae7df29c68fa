import TensorCore

/// A function of two booleans, stretched like any other.
struct LogicalAnd: BroadcastingStepOperator {
    static var kernel: BinaryKernel { .logicalAnd }
}

struct LogicalOr: BroadcastingStepOperator {
    static var kernel: BinaryKernel { .logicalOr }
}

struct LogicalXor: BroadcastingStepOperator {
    static var kernel: BinaryKernel { .logicalXor }
}

struct LogicalNot: ElementwiseOperator, StepOperator {
    static var kernel: UnaryKernel { .logicalNot }
}

/// Whether both are true; shapes and errors as in ``BroadcastingOperator``, for booleans.
public func logicalAnd(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(LogicalAnd(), to: x, y) }
/// Whether either is true.
public func logicalOr(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(LogicalOr(), to: x, y) }
/// Whether one of them is true and the other not.
public func logicalXor(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(LogicalXor(), to: x, y) }
/// Whether x is false.
public func logicalNot(_ x: Tensor) throws(TensorError) -> Tensor { try apply(LogicalNot(), to: x) }
