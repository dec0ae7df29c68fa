import TensorCore

/// The same numbers as another dtype.
///
/// To a narrower float they round to the nearest, ties to even, and beyond its range become infinite. From floats to whole
/// numbers they are truncated toward zero; what lies outside becomes the nearest end, NaN becomes 0. Whole numbers to
/// whole numbers keep their low bits. Everything but zero is true, and true is 1. The gradient flows between floats, in
/// the dtype it came in.
struct Cast: UnaryOperator {
    let dtype: DType

    func outputSpec(_ x: TensorSpec) -> TensorSpec { x.with(dtype) }

    func forward(_ x: Tensor, into y: inout TensorBuffer) { Kernels.cast(x, into: &y) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try cast(dy, to: x.dtype) }

    func backward(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor? {
        x.dtype.isFloatingPoint ? try gradient(x: x, y: y, dy: dy) : nil
    }
}

/// `x` as another dtype; the rules are in ``Cast``.
public func cast(_ x: Tensor, to dtype: DType) throws(TensorError) -> Tensor {
    x.dtype == dtype ? x : try apply(Cast(dtype: dtype), to: x)
}
