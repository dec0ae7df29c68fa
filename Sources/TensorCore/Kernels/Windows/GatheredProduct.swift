import CKernels

/// Multiplies the windows of images with kernels: `result[row] = Σ windows[row] · weights`, group by group.
struct GatheredProduct: @unchecked Sendable {
    // Sendable because shares write different rows, and everything else is only read.
    let plan: GatherPlan
    let batch: Int
    let source: UnsafeRawPointer
    let weights: UnsafeRawPointer
    let layout: WeightsLayout
    let result: UnsafeMutableRawPointer
    let resultExtents: [Int]
    let resultChannels: Int
    let bias: UnsafeRawPointer?
    let clips: Bool
    let isDouble: Bool

    private var size: Int { isDouble ? 8 : 4 }
    private var inner: Int { plan.taps.count * (plan.sourceChannels / plan.groups) }
    private var groupColumns: Int { resultChannels / plan.groups }
    private var resultCount: Int { resultExtents.reduce(resultChannels, *) }

    /// - Throws: `TensorError.outOfMemory`.
    func run() throws(TensorError) {
        let rows = plan.rowCount
        let wanted = ComputePool.shares(
            multiplyAdds: (batch * rows).multipliedSaturating(by: inner * groupColumns * plan.groups))
        // Whole images go to shares when there are enough of them: a share with few rows would spend its time on laying
        // the weights out.
        let imageShares = max(1, min(wanted, batch, batch * rows / 512))
        if imageShares >= min(wanted, 8) {
            try runByImages(shares: imageShares)
        } else {
            try runTogether()
        }
    }

    /// A few images at a time, so that their copies stay in the caches.
    private func runByImages(shares: Int) throws(TensorError) {
        let rows = plan.rowCount
        let chunk = min((batch + shares - 1) / shares, max(1, 1024 / max(1, rows)))
        let tables = Tables(self, images: chunk)
        let copyCount = plan.needsCopy ? (chunk * plan.imageCount * size + 63) / 64 * 64 : 0
        let productScratch = tables.withProduct(0) { $0.scratchByteCount(rows: chunk * rows) }
        try ComputePool.shared.forEach(shares: shares, scratchByteCount: copyCount + productScratch) { share, scratch in
            let images = ComputePool.range(share, of: shares, count: batch)
            var first = images.lowerBound
            while first < images.upperBound {
                let count = min(chunk, images.upperBound - first)
                let start = source + first * plan.sourceCount * size
                if plan.needsCopy {
                    for image in 0..<count {
                        plan.copy(
                            start + image * plan.sourceCount * size, to: scratch + image * plan.imageCount * size,
                            isDouble: isDouble)
                    }
                }
                for group in 0..<plan.groups {
                    tables.withProduct(
                        group, x: plan.needsCopy ? UnsafeRawPointer(scratch) : start,
                        z: result + first * resultCount * size
                    ) { $0.run(rows: 0..<count * rows, columns: 0..<groupColumns, scratch: scratch + copyCount) }
                }
                first += count
            }
        }
    }

    /// All images at once, cut through rows and columns.
    private func runTogether() throws(TensorError) {
        let tables = Tables(self, images: batch)
        var copied: UnsafeMutableRawPointer?
        let scratch = try Scratch(byteCount: plan.needsCopy ? batch * plan.imageCount * size : 0)
        if plan.needsCopy {
            plan.copy(source, to: scratch.pointer, batch: batch, isDouble: isDouble)
            copied = scratch.pointer
        }
        for group in 0..<plan.groups {
            let outcome = tables.withProduct(group, x: copied.map { UnsafeRawPointer($0) } ?? source, z: result) {
                product in
                Result { () throws(TensorError) in try product.run() }
            }
            try outcome.get()
        }
        _ = consume scratch
    }

    /// The tables that the products of all groups read.
    private struct Tables {
        let owner: GatheredProduct
        let rows: [Int]
        let resultRows: [Int]
        let runs: [[ck_run]]

        init(_ owner: GatheredProduct, images: Int) {
            self.owner = owner
            rows = owner.plan.rows(images: images)
            let isDense = owner.plan.axes.map(\.count) == owner.resultExtents
            resultRows =
                isDense
                ? []
                : owner.plan.resultRows(images: images, extents: owner.resultExtents, channels: owner.resultChannels)
            runs = (0..<owner.plan.groups).map { owner.plan.runs(group: $0) }
        }

        func withProduct<Value>(
            _ group: Int, x: UnsafeRawPointer? = nil, z: UnsafeMutableRawPointer? = nil, _ body: (RowProduct) -> Value
        ) -> Value {
            let size = owner.size
            let (columns, channels) = (owner.groupColumns, owner.resultChannels)
            let weightStep = owner.layout == .natural ? columns : owner.inner * columns
            let weightStrides =
                switch owner.layout {
                case .natural: (row: channels, column: 1)
                case .grouped: (row: columns, column: 1)
                case .alongRuns: (row: 1, column: owner.inner)
                }
            return rows.withUnsafeBufferPointer { rows in
                resultRows.withUnsafeBufferPointer { resultRows in
                    runs[group].withUnsafeBufferPointer { runs in
                        body(
                            RowProduct(
                                ck_product(
                                    x: x ?? owner.source, x_rows: rows.baseAddress, x_stride: 0,
                                    runs: runs.baseAddress, run_count: runs.count,
                                    whole: ck_run(offset: 0, length: 0),
                                    y: owner.weights + group * weightStep * size,
                                    y_row_stride: weightStrides.row, y_column_stride: weightStrides.column,
                                    y_packed: nil, z: (z ?? owner.result) + group * columns * size,
                                    z_rows: self.resultRows.isEmpty ? nil : resultRows.baseAddress, z_stride: channels,
                                    m: rows.count, k: owner.inner, n: columns,
                                    bias: owner.bias.map { $0 + group * columns * size },
                                    finish: owner.clips ? Int32(CK_RELU) : Int32(CK_IDENTITY), accumulate: 0,
                                    is_slim: owner.layout == .alongRuns ? 1 : 0, level: ck_level()),
                                dtype: owner.isDouble ? .float64 : .float32))
                    }
                }
            }
        }
    }
}
