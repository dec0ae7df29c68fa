import CKernels

/// The Swift face of CKernels: loops over whole tensors, cut into shares where it pays.
///
/// Kernels trust their callers: shapes and dtypes were checked by the operator's shape rule.
public enum Kernels {}

/// A function of one element, for each dtype that it takes.
public struct UnaryKernel: Sendable {
    let loop: @Sendable @convention(c) (Int32) -> ck_unary_loop?

    init(_ loop: @escaping @Sendable @convention(c) (Int32) -> ck_unary_loop?) { self.loop = loop }

    /// Whether the kernel has a loop for `dtype`.
    public func takes(_ dtype: DType) -> Bool { loop(Int32(dtype.rawValue)) != nil }

    /// `yᵢ = f(xᵢ; a, b)`; x and y may be the same memory.
    public func run(_ x: Tensor, into y: inout TensorBuffer, _ a: Double = 0, _ b: Double = 0) {
        guard let loop = loop(Int32(x.dtype.rawValue)) else { preconditionFailure("no loop for \(x.dtype)") }
        loop(x.pointer, y.pointer, y.elementCount, a, b)
    }

    /// The same in place over `count` elements.
    func run(_ y: UnsafeMutableRawPointer, count: Int, _ dtype: DType, _ a: Double = 0, _ b: Double = 0) {
        guard let loop = loop(Int32(dtype.rawValue)) else { preconditionFailure("no loop for \(dtype)") }
        loop(y, y, count, a, b)
    }

    /// `yᵢ ← f(yᵢ; a, b)`
    public func run(inPlace y: inout TensorBuffer, _ a: Double = 0, _ b: Double = 0) {
        guard let loop = loop(Int32(y.dtype.rawValue)) else { preconditionFailure("no loop for \(y.dtype)") }
        loop(y.pointer, y.pointer, y.elementCount, a, b)
    }
}

/// A function of two elements, for each dtype that it takes, with NumPy's broadcasting.
public struct BinaryKernel: Sendable {
    let loop: @Sendable @convention(c) (Int32) -> ck_binary_loop?

    init(_ loop: @escaping @Sendable @convention(c) (Int32) -> ck_binary_loop?) { self.loop = loop }

    public func takes(_ dtype: DType) -> Bool { loop(Int32(dtype.rawValue)) != nil }

    /// `z = f(x, y)`, with x and y stretched to z's shape.
    public func run(_ x: Tensor, _ y: Tensor, into z: inout TensorBuffer) {
        guard let loop = loop(Int32(x.dtype.rawValue)) else { preconditionFailure("no loop for \(x.dtype)") }
        if x.shape == y.shape {
            loop(x.pointer, 1, y.pointer, 1, z.pointer, z.elementCount)
        } else if y.elementCount == 1 {
            loop(x.pointer, 1, y.pointer, 0, z.pointer, z.elementCount)
        } else if x.elementCount == 1 {
            loop(x.pointer, 0, y.pointer, 1, z.pointer, z.elementCount)
        } else {
            Broadcast(x.shape, y.shape, to: z.shape).forEachRun { start, left, leftStride, right, rightStride, count in
                loop(
                    x.pointer + left * x.dtype.byteCount, leftStride, y.pointer + right * y.dtype.byteCount,
                    rightStride, z.pointer + start * z.dtype.byteCount, count)
            }
        }
    }
}

extension BinaryKernel {
    /// As ``run(_:_:into:)`` with both sides stretched, for a result larger than either.
    public func stretch(_ x: Tensor, over y: Tensor, into z: inout TensorBuffer) {
        guard let loop = loop(Int32(x.dtype.rawValue)) else { preconditionFailure("no loop for \(x.dtype)") }
        let size = x.dtype.byteCount
        Broadcast(x.shape, y.shape, to: z.shape).forEachRun { start, left, leftStride, right, rightStride, count in
            loop(
                x.pointer + left * size, leftStride, y.pointer + right * size, rightStride, z.pointer + start * size,
                count)
        }
    }
}
