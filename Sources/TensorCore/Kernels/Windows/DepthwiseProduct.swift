import CKernels

/// Convolves every channel by itself: `result[row][c] = Σ windows[row][tap][c] · weights[tap][c]`.
struct DepthwiseProduct: @unchecked Sendable {
    // Sendable because shares write different images, and everything else is only read.
    let plan: GatherPlan
    let batch: Int
    let source: UnsafeRawPointer
    /// `[taps, channels]`
    let weights: UnsafeRawPointer
    let result: UnsafeMutableRawPointer
    let resultExtents: [Int]
    var bias: UnsafeRawPointer?
    var clips = false
    /// So many neighbouring channels are added up to one of the result: the way back of a multiplier.
    var sums = 1
    let isDouble: Bool

    private var size: Int { isDouble ? 8 : 4 }
    private var channels: Int { plan.sourceChannels * plan.repeats }

    /// - Throws: `TensorError.outOfMemory`.
    func run() throws(TensorError) {
        let rows = plan.rows(images: 1)
        let resultChannels = channels / sums
        let target = plan.resultRows(images: 1, extents: resultExtents, channels: resultChannels)
        let dense = sums == 1 ? target : (0..<rows.count).map { $0 * channels }
        let offsets = plan.taps.map(\.offset)
        let resultCount = resultExtents.reduce(resultChannels, *)
        let copyCount = plan.needsCopy ? (plan.imageCount * size + 63) / 64 * 64 : 0
        let sumCount = sums == 1 ? 0 : rows.count * channels * size
        // A depthwise multiply-add costs about as much as eight of a matrix product.
        let shares = min(
            batch,
            ComputePool.shares(
                multiplyAdds: (batch * rows.count).multipliedSaturating(by: offsets.count * channels * 8)))
        try rows.withUnsafeBufferPointer { rows throws(TensorError) in
            try dense.withUnsafeBufferPointer { dense throws(TensorError) in
                try offsets.withUnsafeBufferPointer { offsets throws(TensorError) in
                    nonisolated(unsafe) let (rows, dense, offsets) = (rows, dense, offsets)
                    try ComputePool.shared.forEach(shares: shares, scratchByteCount: copyCount + sumCount) {
                        share, scratch in
                        for image in ComputePool.range(share, of: shares, count: batch) {
                            let start = source + image * plan.sourceCount * size
                            if plan.needsCopy { plan.copy(start, to: scratch, isDouble: isDouble) }
                            let place = result + image * resultCount * size
                            let product = ck_depthwise(
                                x: plan.needsCopy ? UnsafeRawPointer(scratch) : start, x_rows: rows.baseAddress,
                                taps: offsets.baseAddress, tap_count: offsets.count, w: weights,
                                z: sums == 1 ? place : scratch + copyCount, z_rows: dense.baseAddress,
                                rows: rows.count, channels: channels, bias: bias,
                                finish: clips ? Int32(CK_RELU) : Int32(CK_IDENTITY), level: ck_level())
                            withUnsafePointer(to: product) {
                                (isDouble ? ck_depthwise_f64 : ck_depthwise_f32)($0, 0, rows.count, 0, channels)
                            }
                            if sums > 1 { addUp(scratch + copyCount, into: place, rows: target) }
                        }
                    }
                }
            }
        }
    }

    private func addUp(_ parts: UnsafeMutableRawPointer, into place: UnsafeMutableRawPointer, rows: [Int]) {
        let resultChannels = channels / sums
        for (row, offset) in rows.enumerated() {
            let from = parts + row * channels * size
            let to = place + offset * size
            if isDouble {
                ck_sum_f64(
                    from.assumingMemoryBound(to: Double.self), to.assumingMemoryBound(to: Double.self), resultChannels,
                    sums, 1)
            } else {
                ck_sum_f32(
                    from.assumingMemoryBound(to: Float.self), to.assumingMemoryBound(to: Float.self), resultChannels,
                    sums, 1)
            }
        }
    }

    /// dw[tap][c] = Σ windows[row][tap][c] · dy[row][c], over all images; `dw` is zero before.
    static func backwardToKernel(
        _ plan: GatherPlan, _ source: UnsafeRawPointer, _ dy: UnsafeRawPointer, into dw: UnsafeMutableRawPointer,
        _ shape: ConvolutionShape
    ) {
        let rows = plan.rows(images: shape.batch)
        let channels = shape.outputChannels
        let gradientRows = (0..<rows.count).map { $0 * channels }
        let work = rows.count.multipliedSaturating(by: plan.taps.count * channels * 8)
        let shares = min((channels + 15) / 16, ComputePool.shares(multiplyAdds: work))
        // Taps that follow each other in the kernel are computed together.
        var start = 0
        while start < plan.taps.count {
            var end = start + 1
            while end < plan.taps.count, plan.taps[end].index == plan.taps[end - 1].index + 1 { end += 1 }
            let offsets = plan.taps[start..<end].map(\.offset)
            nonisolated(unsafe) let place = dw + plan.taps[start].index * channels * shape.size
            rows.withUnsafeBufferPointer { rows in
                gradientRows.withUnsafeBufferPointer { gradientRows in
                    offsets.withUnsafeBufferPointer { offsets in
                        nonisolated(unsafe) let product = ck_depthwise(
                            x: source, x_rows: rows.baseAddress, taps: offsets.baseAddress, tap_count: offsets.count,
                            w: nil, z: UnsafeMutableRawPointer(mutating: dy), z_rows: gradientRows.baseAddress,
                            rows: rows.count, channels: channels, bias: nil, finish: Int32(CK_IDENTITY),
                            level: ck_level())
                        ComputePool.shared.forEach(shares: shares) { share in
                            let part = ComputePool.range(share, of: shares, count: channels, grain: 16)
                            withUnsafePointer(to: product) {
                                (shape.isDouble ? ck_depthwise_turned_f64 : ck_depthwise_turned_f32)(
                                    $0, place, part.lowerBound, part.upperBound)
                            }
                        }
                    }
                }
            }
            start = end
        }
    }
}
