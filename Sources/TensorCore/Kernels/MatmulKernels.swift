import CKernels
import COpenBLAS

extension Kernels {
    /// Which product is computed.
    @frozen public enum Product: Sendable {
        /// Whatever is fastest: OpenBLAS where it beats our kernel. A row's last bits may depend on its companions.
        case fast
        /// Our own kernel: a row's result depends on that row alone.
        case exact
    }

    /// z [m, n] = op(x) [m, k] · op(y) [k, n] (+ bias [n], then `activation`), row-major; floats or doubles. With `batch`
    /// above one, so many products of matrices that follow each other in memory.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public static func multiplyMatrices(
        _ x: UnsafeRawPointer, transposed transposeX: Bool, _ y: UnsafeRawPointer, transposed transposeY: Bool,
        into z: UnsafeMutableRawPointer, m: Int, k: Int, n: Int, batch: Int = 1, dtype: DType, product: Product,
        bias: UnsafeRawPointer? = nil, activation: OutputActivation = .linear
    ) throws(TensorError) {
        guard m > 0, n > 0, batch > 0 else { return }
        if product == .fast, bias == nil, activation == .linear, prefersBLAS(m: m, k: k, n: n) {
            return multiplyByBLAS(
                x, transposeX, y, transposeY, into: z, m: m, k: k, n: n, batch: batch, isDouble: dtype == .float64)
        }
        let first = RowProduct(
            ck_product(
                x: x, x_rows: nil, x_stride: transposeX ? m : k, runs: nil, run_count: 0,
                whole: ck_run(offset: 0, length: transposeX ? m : k),
                y: y, y_row_stride: transposeY ? 1 : n, y_column_stride: transposeY ? k : 1, y_packed: nil,
                z: z, z_rows: nil, z_stride: n, m: m, k: k, n: n,
                bias: bias, finish: activation == .relu ? Int32(CK_RELU) : Int32(CK_IDENTITY), accumulate: 0,
                is_slim: 0, level: ck_level()),
            dtype: dtype, isTurned: transposeX)
        if batch == 1 {
            try first.run()
        } else {
            let size = dtype.byteCount
            let shares = min(
                batch,
                ComputePool.shares(multiplyAdds: (m * n).multipliedSaturating(by: k).multipliedSaturating(by: batch)))
            try ComputePool.shared.forEach(shares: shares, scratchByteCount: first.scratchByteCount(rows: m)) {
                share, scratch in
                for index in ComputePool.range(share, of: shares, count: batch) {
                    first.moved(x: index * m * k * size, y: index * k * n * size, z: index * m * n * size)
                        .run(rows: 0..<m, columns: 0..<n, scratch: scratch)
                }
            }
        }
        finish(z, count: batch * m * n, dtype, activation)
    }

    /// What of an activation the products do not do themselves.
    static func finish(_ z: UnsafeMutableRawPointer, count: Int, _ dtype: DType, _ activation: OutputActivation) {
        activation.kernel?.run(inPlace: z, count: count, dtype)
    }

    /// Whether OpenBLAS is the faster one: always for large products where there is no twin for this processor, for
    /// very large ones where there is only the one for AVX2, never beside the one for AVX-512.
    private static func prefersBLAS(m: Int, k: Int, n: Int) -> Bool {
        guard BLAS.refusal == nil, m > 1, k > 0 else { return false }
        switch ck_level() {
        case 0: return (m * n).multipliedSaturating(by: k) > 4096
        case 1: return min(m, n, k) >= 1536
        default: return false
        }
    }

    private static func multiplyByBLAS(
        _ x: UnsafeRawPointer, _ transposeX: Bool, _ y: UnsafeRawPointer, _ transposeY: Bool,
        into z: UnsafeMutableRawPointer, m: Int, k: Int, n: Int, batch: Int, isDouble: Bool
    ) {
        // Rows go to shares: OpenBLAS rounds by how many rows it is given, and these depend on the sizes alone.
        let shares = min(ComputePool.shares(multiplyAdds: (m * n).multipliedSaturating(by: k)), max(1, m / 128))
        nonisolated(unsafe) let (x, y, z) = (x, y, z)
        let size = isDouble ? 8 : 4
        ComputePool.shared.forEach(shares: shares * batch) { index in
            let (matrix, share) = (index / shares, index % shares)
            let rows = ComputePool.range(share, of: shares, count: m, grain: 64)
            BLAS.multiply(
                x + (matrix * m * k + rows.lowerBound * (transposeX ? 1 : k)) * size, transposed: transposeX,
                y + matrix * k * n * size, transposed: transposeY,
                into: z + (matrix * m + rows.lowerBound) * n * size, m: rows.count, k: k, n: n,
                leading: transposeX ? m : k, isDouble: isDouble)
        }
    }
}

/// A product of gathered rows, cut into shares. Every element is one chain of multiply-adds, so that the cut does not show.
struct RowProduct: @unchecked Sendable {
    // Sendable because it only points at what its maker keeps alive, and shares write different elements.
    let description: ck_product
    let isDouble: Bool
    let isTurned: Bool

    init(_ description: ck_product, dtype: DType, isTurned: Bool = false) {
        self.init(description, isDouble: dtype == .float64, isTurned: isTurned)
    }

    private init(_ description: ck_product, isDouble: Bool, isTurned: Bool) {
        self.description = description
        self.isDouble = isDouble
        self.isTurned = isTurned
    }

    /// Bytes that one share needs beside its operands.
    func scratchByteCount(rows: Int) -> Int {
        if isTurned { return ck_turned_product_scratch_bytes() }
        return withUnsafePointer(to: description) { ck_product_scratch_bytes($0, rows) }
    }

    /// The same product of what lies so many bytes further on.
    func moved(x: Int, y: Int, z: Int) -> RowProduct {
        var moved = description
        moved.x += x
        moved.y += y
        moved.z += z
        return RowProduct(moved, isDouble: isDouble, isTurned: isTurned)
    }

    /// Computes everything, side by side where that pays.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    func run() throws(TensorError) {
        let (m, n) = (description.m, description.n)
        let wanted = ComputePool.shares(multiplyAdds: (m * n).multipliedSaturating(by: description.k))
        guard wanted > 1 else {
            let byteCount = scratchByteCount(rows: m)
            guard byteCount > 0 else { return run(rows: 0..<m, columns: 0..<n, scratch: nil) }
            let scratch = try Scratch(byteCount: byteCount)
            run(rows: 0..<m, columns: 0..<n, scratch: scratch.pointer)
            _ = consume scratch
            return
        }
        let (rowShares, columnShares) = cut(into: wanted)
        let byteCount = scratchByteCount(rows: Int.max)
        try ComputePool.shared.forEach(shares: columnShares * rowShares, scratchByteCount: byteCount) {
            share, scratch in
            let rows = ComputePool.range(
                share / columnShares, of: rowShares, count: m, grain: rowShares > 1 ? rowGrain : 1)
            let columns = ComputePool.range(
                share % columnShares, of: columnShares, count: n, grain: columnShares > 1 ? RowProduct.columnGrain : 1)
            run(rows: rows, columns: columns, scratch: scratch)
        }
    }

    /// The same for a turned product with neither bias nor anything to continue, where the sums are long and few: cut
    /// through the summed rows, so that both sides are read but once. The shares' sums are added up in order.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    func runCuttingSums() throws(TensorError) {
        let (m, k, n) = (description.m, description.k, description.n)
        let shares = min(
            ComputePool.shares(multiplyAdds: (m * n).multipliedSaturating(by: k)), k / RowProduct.sumGrain)
        guard shares > 1, m * n <= RowProduct.sumsMax, let add = BinaryKernel.add.choice(dtype) else {
            return try run()
        }
        let (size, count) = (isDouble ? 8 : 4, m * n)
        let memory = try Scratch(byteCount: shares * count * size)
        nonisolated(unsafe) let sums = memory.pointer
        try ComputePool.shared.forEach(shares: shares, scratchByteCount: scratchByteCount(rows: m)) { share, scratch in
            part(ComputePool.range(share, of: shares, count: k), into: sums + share * count * size)
                .run(rows: 0..<m, columns: 0..<n, scratch: scratch)
        }
        for share in 1..<shares {
            add(UnsafeRawPointer(sums), 1, UnsafeRawPointer(sums + share * count * size), 1, sums, count, 0, 0)
        }
        for row in 0..<m {
            let place = description.z_rows.map { $0[row] } ?? row * description.z_stride
            (description.z + place * size).copyMemory(from: sums + row * n * size, byteCount: n * size)
        }
        _ = consume memory
    }

    /// The sums over some of the summed rows of a turned product, by themselves in `z`.
    private func part(_ summed: Range<Int>, into z: UnsafeMutableRawPointer) -> RowProduct {
        let size = isDouble ? 8 : 4
        var part = description
        if let rows = part.x_rows {
            part.x_rows = rows + summed.lowerBound
        } else {
            part.x += summed.lowerBound * part.x_stride * size
        }
        part.y += summed.lowerBound * part.y_row_stride * size
        part.k = summed.count
        part.z = z
        part.z_rows = nil
        part.z_stride = description.n
        return RowProduct(part, isDouble: isDouble, isTurned: true)
    }

    /// What is laid out anew for each share is cut last: y for a cut through the rows, the turned left side, which is the
    /// more work, for one through the columns.
    private func cut(into wanted: Int) -> (rows: Int, columns: Int) {
        let columnsMax = max(1, description.n / RowProduct.columnGrain)
        if isTurned {
            let rows = min(wanted, max(1, description.m / rowGrain))
            return (rows, min((wanted + rows - 1) / rows, rows < 8 ? columnsMax : 1))
        }
        let columns = min(wanted, columnsMax)
        return (min((wanted + columns - 1) / columns, max(1, description.m / (2 * rowGrain))), columns)
    }

    private var dtype: Int32 { Int32((isDouble ? DType.float64 : .float32).rawValue) }
    /// The fewest rows that a share sums up, and the most sums that shares keep for themselves.
    private static let sumGrain = 1024
    private static let sumsMax = 1 << 18
    private static let columnGrain = 64
    private var rowGrain: Int { isTurned && description.m < 768 ? 48 : 96 }

    /// Computes one part on this thread.
    func run(rows: Range<Int>, columns: Range<Int>, scratch: UnsafeMutableRawPointer?) {
        guard !rows.isEmpty, !columns.isEmpty else { return }
        let product =
            isDouble
            ? (isTurned ? ck_turned_product_f64 : ck_product_f64)
            : (isTurned ? ck_turned_product_f32 : ck_product_f32)
        withUnsafePointer(to: description) {
            product($0, rows.lowerBound, rows.upperBound, columns.lowerBound, columns.upperBound, scratch)
        }
    }
}

extension Int {
    /// The product, or the largest number where it is beyond that.
    func multipliedSaturating(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? Int.max : product
    }
}
