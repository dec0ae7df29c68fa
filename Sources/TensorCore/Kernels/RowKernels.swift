import CKernels

extension Kernels {
    /// Softmax along the middle of three axes, or its logarithm; `outer · count · inner` is x's element count.
    public static func softmax(
        _ x: Tensor, into y: inout TensorBuffer, outer: Int, count: Int, inner: Int, logarithm: Bool = false
    ) {
        guard y.elementCount > 0 else { return }
        let (source, target) = (x.pointer, y.pointer)
        let isWide = x.dtype == .float64
        // Rows are independent, so they may be shared out; a row of the middle axis holds `count · inner` elements.
        forEachRow(of: outer, elements: count * inner, cost: 4) { rows in
            let start = rows.lowerBound * count * inner
            switch (isWide, inner) {
            case (false, 1):
                let (x, y) = (source.assumingMemoryBound(to: Float.self), target.assumingMemoryBound(to: Float.self))
                ck_softmax_f32(x + start, y + start, rows.count, count, logarithm ? 1 : 0)
            case (true, 1):
                let (x, y) = (source.assumingMemoryBound(to: Double.self), target.assumingMemoryBound(to: Double.self))
                ck_softmax_f64(x + start, y + start, rows.count, count, logarithm ? 1 : 0)
            case (false, _):
                let (x, y) = (source.assumingMemoryBound(to: Float.self), target.assumingMemoryBound(to: Float.self))
                ck_softmax_middle_f32(x + start, y + start, rows.count, count, inner, logarithm ? 1 : 0)
            case (true, _):
                let (x, y) = (source.assumingMemoryBound(to: Double.self), target.assumingMemoryBound(to: Double.self))
                ck_softmax_middle_f64(x + start, y + start, rows.count, count, inner, logarithm ? 1 : 0)
            }
        }
    }

    /// Softmax of each row of the last axis, or its logarithm.
    public static func softmaxRows(_ x: Tensor, into y: inout TensorBuffer, logarithm: Bool = false) {
        let count = x.shape.last ?? 1
        guard count > 0 else { return }
        softmax(x, into: &y, outer: x.elementCount / count, count: count, inner: 1, logarithm: logarithm)
    }

    /// Sums over the middle of three axes; `outer · middle · inner` is x's element count.
    public static func sum(_ x: Tensor, into y: inout TensorBuffer, outer: Int, middle: Int, inner: Int) {
        ReduceKernel.sum.run(x, into: &y, outer: outer, middle: middle, inner: inner)
    }

    /// Calls `body` with ranges of rows that cover `0 ..< count`, side by side where that pays.
    ///
    /// - Parameter cost: how much longer an element takes than in the cheapest loop.
    static func forEachRow(of count: Int, elements: Int, cost: Int, _ body: (Range<Int>) -> Void) {
        let work = count.multipliedReportingOverflow(by: max(1, elements * cost))
        guard count > 1, work.overflow || work.partialValue >= splitElements else { return body(0..<count) }
        // Shares of about a quarter of what makes a split worth it, and at least a row.
        let rows = max(1, splitElements / 4 / max(1, elements * cost))
        let shares = (count + rows - 1) / rows
        withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let body = body
            ComputePool.shared.forEach(shares: shares) { share in
                body(share * rows..<min(count, (share + 1) * rows))
            }
        }
    }
}

/// A reduction of the middle of three axes, for each dtype that it takes.
public struct ReduceKernel: Sendable {
    let choice: @Sendable @convention(c) (Int32) -> ck_reduce_loop?
    /// Whether the results of parts can be reduced to that of the whole.
    private var isAssociative = true

    init(
        _ choice: @escaping @Sendable @convention(c) (Int32) -> ck_reduce_loop?, isAssociative: Bool = true
    ) {
        self.choice = choice
        self.isAssociative = isAssociative
    }

    public static var sum: ReduceKernel { ReduceKernel(ck_reduce_sum) }
    public static var product: ReduceKernel { ReduceKernel(ck_reduce_product) }
    public static var maximum: ReduceKernel { ReduceKernel(ck_reduce_max) }
    public static var minimum: ReduceKernel { ReduceKernel(ck_reduce_min) }
    public static var any: ReduceKernel { ReduceKernel(ck_reduce_any) }
    public static var all: ReduceKernel { ReduceKernel(ck_reduce_all) }
    /// To int64, and of at least one element.
    public static var argmax: ReduceKernel { ReduceKernel(ck_argmax, isAssociative: false) }
    public static var argmin: ReduceKernel { ReduceKernel(ck_argmin, isAssociative: false) }

    public func takes(_ dtype: DType) -> Bool { choice(Int32(dtype.rawValue)) != nil }

    /// `y [outer, inner]` of `x [outer, middle, inner]`. Large ones are cut where the sizes say, and only there.
    public func run(_ x: Tensor, into y: inout TensorBuffer, outer: Int, middle: Int, inner: Int) {
        guard let loop = choice(Int32(x.dtype.rawValue)) else { preconditionFailure("no loop for \(x.dtype)") }
        let (size, outputSize) = (x.dtype.byteCount, y.dtype.byteCount)
        let target = y.pointer
        guard outer == 1, isAssociative, x.elementCount >= Kernels.splitElements else {
            return Kernels.forEachRow(of: outer, elements: middle * inner, cost: 1) { rows in
                loop(
                    x.pointer + rows.lowerBound * middle * inner * size, target + rows.lowerBound * inner * outputSize,
                    rows.count, middle, inner)
            }
        }
        let rows = Swift.max(1, Kernels.splitElements / 4 / inner)
        let shares = (middle + rows - 1) / rows
        // The results of the shares, to be reduced in their turn.
        guard let parts = try? Tensor(uninitialized: TensorSpec(Shape([shares, inner]), y.dtype)) else {
            return loop(x.pointer, target, 1, middle, inner)
        }
        ComputePool.shared.forEach(shares: shares) { share in
            let start = share * rows
            loop(
                x.pointer + start * inner * size, parts.buffer.pointer + share * inner * outputSize, 1,
                min(rows, middle - start), inner)
        }
        loop(parts.pointer, target, 1, shares, inner)
        withExtendedLifetime(parts) {}
    }
}

/// What has come up to each element along the middle of three axes.
public struct ScanKernel: Sendable {
    let choice: @Sendable @convention(c) (Int32) -> ck_scan_loop?

    public static var sum: ScanKernel { ScanKernel(choice: ck_scan_sum) }
    public static var product: ScanKernel { ScanKernel(choice: ck_scan_product) }

    public func takes(_ dtype: DType) -> Bool { choice(Int32(dtype.rawValue)) != nil }

    public func run(
        _ x: Tensor, into y: inout TensorBuffer, outer: Int, middle: Int, inner: Int, exclusive: Bool, reverse: Bool
    ) {
        guard let loop = choice(Int32(x.dtype.rawValue)) else { preconditionFailure("no loop for \(x.dtype)") }
        loop(x.pointer, y.pointer, outer, middle, inner, exclusive ? 1 : 0, reverse ? 1 : 0)
    }
}
