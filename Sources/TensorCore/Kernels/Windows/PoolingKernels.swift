import CKernels

/// Windows over a batch of images whose channels do not mix. Images with channels first are images of one channel, only more.
public struct PoolingShape: Sendable {
    let pool: ck_pool
    let images: Int
    let isDouble: Bool

    public init(axes: [WindowAxis], batch: Int, channels: Int, channelsFirst: Bool, dtype: DType) {
        let axes = Array(repeating: .unit, count: 3 - axes.count) + axes
        func three(_ path: KeyPath<WindowAxis, Int>) -> (Int, Int, Int) {
            (axes[0][keyPath: path], axes[1][keyPath: path], axes[2][keyPath: path])
        }
        pool = ck_pool(
            input: three(\.input), output: three(\.output), kernel: three(\.kernel), stride: three(\.stride),
            dilation: three(\.dilation), before: three(\.before), channels: channelsFirst ? 1 : channels)
        images = channelsFirst ? batch * channels : batch
        isDouble = dtype == .float64
    }

    fileprivate var size: Int { isDouble ? 8 : 4 }
    fileprivate var inputBytes: Int { pool.input.0 * pool.input.1 * pool.input.2 * pool.channels * size }
    fileprivate var outputBytes: Int { pool.output.0 * pool.output.1 * pool.output.2 * pool.channels * size }

    /// Runs `body` for every image, with where it lies before and after, and room for one line.
    fileprivate func forEachImage(
        _ body: @Sendable (_ pool: ck_pool, _ input: Int, _ output: Int, _ line: UnsafeMutableRawPointer) -> Void
    ) throws(TensorError) {
        guard images > 0, outputBytes > 0 else { return }
        let elements = images.multipliedSaturating(by: max(inputBytes, outputBytes) / size * 2)
        let shares = min(images, ComputePool.shares(elements: elements))
        try ComputePool.shared.forEach(shares: shares, scratchByteCount: pool.input.2 * pool.channels * size + 64) {
            share, line in
            for image in ComputePool.range(share, of: shares, count: images) {
                body(pool, image * inputBytes, image * outputBytes, line)
            }
        }
    }
}

extension Kernels {
    /// y = the largest element, or the mean of the existing ones, of each window of x.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public static func pool(
        _ x: UnsafeRawPointer, largest: Bool, into y: UnsafeMutableRawPointer, _ shape: PoolingShape
    ) throws(TensorError) {
        nonisolated(unsafe) let (x, y) = (x, y)
        try shape.forEachImage { pool, input, output, line in
            let (x, y) = (x + input, y + output)
            withUnsafePointer(to: pool) {
                if shape.isDouble {
                    (largest ? ck_pool_max_f64 : ck_pool_mean_f64)($0, bound(x), bound(y), bound(line))
                } else {
                    (largest ? ck_pool_max_f32 : ck_pool_mean_f32)($0, bound(x), bound(y), bound(line))
                }
            }
        }
    }

    /// dx = dy at the first largest element of each window of x, whose largest elements are y.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public static func poolLargestBackward(
        _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dy: UnsafeRawPointer, into dx: UnsafeMutableRawPointer,
        _ shape: PoolingShape
    ) throws(TensorError) {
        nonisolated(unsafe) let (x, y, dy, dx) = (x, y, dy, dx)
        dx.initializeMemory(as: UInt8.self, repeating: 0, count: shape.images * shape.inputBytes)
        try shape.forEachImage { pool, input, output, _ in
            withUnsafePointer(to: pool) {
                let (x, y, dy, dx) = (x + input, y + output, dy + output, dx + input)
                if shape.isDouble {
                    ck_pool_max_back_f64($0, bound(x), bound(y), bound(dy), bound(dx))
                } else {
                    ck_pool_max_back_f32($0, bound(x), bound(y), bound(dy), bound(dx))
                }
            }
        }
    }

    /// picked = the element of g where x has the first largest element of each window.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public static func poolLargestPick(
        _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ g: UnsafeRawPointer, into picked: UnsafeMutableRawPointer,
        _ shape: PoolingShape
    ) throws(TensorError) {
        nonisolated(unsafe) let (x, y, g, picked) = (x, y, g, picked)
        picked.initializeMemory(as: UInt8.self, repeating: 0, count: shape.images * shape.outputBytes)
        try shape.forEachImage { pool, input, output, _ in
            withUnsafePointer(to: pool) {
                let (x, y, g, picked) = (x + input, y + output, g + input, picked + output)
                if shape.isDouble {
                    ck_pool_max_pick_f64($0, bound(x), bound(y), bound(g), bound(picked))
                } else {
                    ck_pool_max_pick_f32($0, bound(x), bound(y), bound(g), bound(picked))
                }
            }
        }
    }

    /// dx = dy shared out evenly over each window.
    public static func poolMeanBackward(
        _ dy: UnsafeRawPointer, into dx: UnsafeMutableRawPointer, _ shape: PoolingShape
    ) throws(TensorError) {
        nonisolated(unsafe) let (dy, dx) = (dy, dx)
        dx.initializeMemory(as: UInt8.self, repeating: 0, count: shape.images * shape.inputBytes)
        try shape.forEachImage { pool, input, output, _ in
            withUnsafePointer(to: pool) {
                if shape.isDouble {
                    ck_pool_mean_back_f64($0, bound(dy + output), bound(dx + input))
                } else {
                    ck_pool_mean_back_f32($0, bound(dy + output), bound(dx + input))
                }
            }
        }
    }
}
