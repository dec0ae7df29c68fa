import CKernels

extension Kernels {
    /// y [columns, rows] = x [rows, columns] turned around, for elements of four or eight bytes; with `batch` above one, so
    /// many matrices one after the other.
    public static func turn(
        _ x: UnsafeRawPointer, rows: Int, columns: Int, into y: UnsafeMutableRawPointer, batch: Int = 1, byteCount: Int
    ) {
        nonisolated(unsafe) let (x, y) = (x, y)
        let size = rows * columns * byteCount
        let shares = min(batch, ComputePool.shares(elements: batch * rows * columns))
        ComputePool.shared.forEach(shares: shares) { share in
            for matrix in ComputePool.range(share, of: shares, count: batch) {
                let turn = byteCount == 8 ? ck_turn_f64 : ck_turn_f32
                turn(x + matrix * size, rows, columns, columns, y + matrix * size, rows)
            }
        }
    }
}
