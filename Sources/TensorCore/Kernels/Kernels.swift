import CKernels

/// The Swift face of CKernels: loops over whole tensors, cut into shares where it pays.
///
/// Kernels trust their callers: shapes and dtypes were checked by the operator's shape rule.
public enum Kernels {
    /// Elements from which an elementwise loop is shared out: the cheapest of them takes about 0.3 ns for each, so that
    /// this is some 300 µs of one core's work.
    static let splitElements = 1 << 20
    /// Elements of one share. Elementwise results do not depend on it.
    private static let shareElements = 1 << 18

    /// Calls `body` with ranges that cover `0 ..< count`, side by side where it pays; they do not depend on the number of
    /// threads, and `body` must not care for their borders.
    ///
    /// - Parameter cost: how much longer an element takes than in the cheapest loop.
    public static func shareOut(_ count: Int, cost: Int = 1, _ body: (Range<Int>) -> Void) {
        guard count >= splitElements / cost else { return body(0..<count) }
        let width = shareElements / cost
        let shares = (count + width - 1) / width
        // The shares write disjoint elements, and nothing outlives this call.
        withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let body = body
            ComputePool.shared.forEach(shares: shares) { share in
                body(share * width..<Swift.min(count, (share + 1) * width))
            }
        }
    }
}

/// A function of one element, for each dtype that it takes; a and b are its own numbers, if it has some.
public struct UnaryKernel: Sendable {
    let choice: @Sendable @convention(c) (Int32) -> ck_unary_loop?

    public init(_ choice: @escaping @Sendable @convention(c) (Int32) -> ck_unary_loop?) { self.choice = choice }

    /// Whether the kernel has a loop for `dtype`.
    public func takes(_ dtype: DType) -> Bool { choice(Int32(dtype.rawValue)) != nil }

    /// `yᵢ = f(xᵢ; a, b)`; x and y may be the same memory.
    public func run(_ x: Tensor, into y: inout TensorBuffer, _ a: Double = 0, _ b: Double = 0) {
        run(x.pointer, x.dtype, into: y, a, b)
    }

    /// `yᵢ ← f(yᵢ; a, b)`
    public func run(inPlace y: inout TensorBuffer, _ a: Double = 0, _ b: Double = 0) {
        run(UnsafeRawPointer(y.pointer), y.dtype, into: y, a, b)
    }

    /// The same in place over `count` elements at `y`.
    func run(inPlace y: UnsafeMutableRawPointer, count: Int, _ dtype: DType) {
        guard let loop = choice(Int32(dtype.rawValue)) else { preconditionFailure("no loop for \(dtype)") }
        Kernels.shareOut(count) { share in
            let part = y + share.lowerBound * dtype.byteCount
            loop(part, part, share.count, 0, 0)
        }
    }

    private func run(_ x: UnsafeRawPointer, _ dtype: DType, into y: TensorBuffer, _ a: Double, _ b: Double) {
        guard let loop = choice(Int32(dtype.rawValue)) else { preconditionFailure("no loop for \(dtype)") }
        let count = y.elementCount
        guard count >= Kernels.splitElements else { return loop(x, y.pointer, count, a, b) }
        Kernels.shareOut(count) { share in
            loop(
                x + share.lowerBound * dtype.byteCount, y.pointer + share.lowerBound * y.dtype.byteCount, share.count,
                a, b)
        }
    }
}

/// A function of two elements, for each dtype that it takes, with NumPy's broadcasting; a and b as in ``UnaryKernel``.
public struct BinaryKernel: Sendable {
    let choice: @Sendable @convention(c) (Int32) -> ck_binary_loop?

    public init(_ choice: @escaping @Sendable @convention(c) (Int32) -> ck_binary_loop?) { self.choice = choice }

    public func takes(_ dtype: DType) -> Bool { choice(Int32(dtype.rawValue)) != nil }

    /// `z = f(x, y; a, b)`, with x and y stretched to z's shape; z may be the memory of either one that is not stretched.
    public func run(_ x: Tensor, _ y: Tensor, into z: inout TensorBuffer, _ a: Double = 0, _ b: Double = 0) {
        guard let loop = choice(Int32(x.dtype.rawValue)) else { preconditionFailure("no loop for \(x.dtype)") }
        let count = z.elementCount
        if x.shape == y.shape {
            guard count >= Kernels.splitElements else {
                return loop(x.pointer, 1, y.pointer, 1, z.pointer, count, a, b)
            }
            shareOut(loop, x, 1, y, 1, z, a, b)
        } else if y.elementCount == 1 && x.elementCount == count {
            shareOut(loop, x, 1, y, 0, z, a, b)
        } else if x.elementCount == 1 && y.elementCount == count {
            shareOut(loop, x, 0, y, 1, z, a, b)
        } else {
            let (size, outputSize) = (x.dtype.byteCount, z.dtype.byteCount)
            Broadcast(x.shape, y.shape, to: z.shape).forEachRun { run in
                loop(
                    x.pointer + run.places[0] * size, run.steps[0], y.pointer + run.places[1] * size, run.steps[1],
                    z.pointer + run.start * outputSize, run.count, a, b)
            }
        }
    }

    /// Of as many elements on both sides, whatever their shapes; z may be the memory of either.
    public func runFlat(_ x: UnsafeRawPointer, _ y: UnsafeRawPointer, into z: TensorBuffer) {
        guard let loop = choice(Int32(z.dtype.rawValue)) else { preconditionFailure("no loop for \(z.dtype)") }
        loop(x, 1, y, 1, z.pointer, z.elementCount, 0, 0)
    }

    private func shareOut(
        _ loop: ck_binary_loop, _ x: Tensor, _ xStep: Int, _ y: Tensor, _ yStep: Int, _ z: TensorBuffer, _ a: Double,
        _ b: Double
    ) {
        let (size, outputSize) = (x.dtype.byteCount, z.dtype.byteCount)
        Kernels.shareOut(z.elementCount) { share in
            let start = share.lowerBound
            loop(
                x.pointer + start * xStep * size, xStep, y.pointer + start * yStep * size, yStep,
                z.pointer + start * outputSize, share.count, a, b)
        }
    }
}
