import TensorCore

/// A question about each element of a floating-point tensor.
///
/// - Shapes: x's; the answers are booleans.
protocol ClassifyingOperator: ElementwiseOperator, StepOperator {}

extension ClassifyingOperator {
    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard Self.kernel.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        return x.with(.bool)
    }
}

struct IsNaN: ClassifyingOperator {
    static var kernel: UnaryKernel { .isNaN }
}

struct IsInfinite: ClassifyingOperator {
    static var kernel: UnaryKernel { .isInfinite }
}

struct IsFinite: ClassifyingOperator {
    static var kernel: UnaryKernel { .isFinite }
}

/// Where x is not a number.
public func isNaN(_ x: Tensor) throws(TensorError) -> Tensor { try apply(IsNaN(), to: x) }
/// Where x is infinite, of either sign.
public func isInfinite(_ x: Tensor) throws(TensorError) -> Tensor { try apply(IsInfinite(), to: x) }
/// Where x is neither infinite nor NaN.
public func isFinite(_ x: Tensor) throws(TensorError) -> Tensor { try apply(IsFinite(), to: x) }
