import CKernels
import COpenBLAS

extension Kernels {
    /// Which product is computed.
    @frozen public enum Product: Sendable {
        /// OpenBLAS, or our kernel where the matrices are small. A row's last bits may depend on its companions.
        case fast
        /// Our own kernel: a row's result depends on that row alone.
        case exact
    }

    /// z [m, n] = op(x) [m, k] · op(y) [k, n], row-major; floats or doubles.
    public static func multiplyMatrices(
        _ x: UnsafeRawPointer, transposed transposeX: Bool, _ y: UnsafeRawPointer, transposed transposeY: Bool,
        into z: UnsafeMutableRawPointer, m: Int, k: Int, n: Int, dtype: DType, product: Product
    ) {
        guard m > 0, n > 0 else { return }
        guard k > 0 else {
            z.initializeMemory(as: UInt8.self, repeating: 0, count: m * n * dtype.byteCount)
            return
        }
        let isSmall = m <= 16 && k * n <= 16_384 || m == 1
        let isPlain = !transposeX && !transposeY
        if product == .exact || BLAS.refusal != nil || (isSmall && isPlain) {
            multiplyRows(x, transposeX, y, transposeY, into: z, m: m, k: k, n: n, dtype: dtype)
        } else if dtype == .float32 {
            BLAS.multiply(
                x.assumingMemoryBound(to: Float.self), transposed: transposeX,
                y.assumingMemoryBound(to: Float.self), transposed: transposeY,
                into: z.assumingMemoryBound(to: Float.self), m: m, k: k, n: n)
        } else {
            BLAS.multiply(
                x.assumingMemoryBound(to: Double.self), transposed: transposeX,
                y.assumingMemoryBound(to: Double.self), transposed: transposeY,
                into: z.assumingMemoryBound(to: Double.self), m: m, k: k, n: n)
        }
    }

    /// The row-independent kernel; it knows no transposes, so those are laid out first.
    private static func multiplyRows(
        _ x: UnsafeRawPointer, _ transposeX: Bool, _ y: UnsafeRawPointer, _ transposeY: Bool,
        into z: UnsafeMutableRawPointer, m: Int, k: Int, n: Int, dtype: DType
    ) {
        if transposeX {
            return withTransposed(x, rows: k, columns: m, dtype) {
                multiplyRows($0, false, y, transposeY, into: z, m: m, k: k, n: n, dtype: dtype)
            }
        }
        if transposeY {
            return withTransposed(y, rows: n, columns: k, dtype) {
                multiplyRows(x, false, $0, false, into: z, m: m, k: k, n: n, dtype: dtype)
            }
        }
        if dtype == .float32 {
            ck_matmul_f32(
                x.assumingMemoryBound(to: Float.self), y.assumingMemoryBound(to: Float.self),
                z.assumingMemoryBound(to: Float.self), m, k, n)
        } else {
            ck_matmul_f64(
                x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self),
                z.assumingMemoryBound(to: Double.self), m, k, n)
        }
    }

    private static func withTransposed(
        _ x: UnsafeRawPointer, rows: Int, columns: Int, _ dtype: DType, _ body: (UnsafeRawPointer) -> Void
    ) {
        let size = dtype.byteCount
        let copy = UnsafeMutableRawPointer.allocate(byteCount: rows * columns * size, alignment: 64)
        defer { copy.deallocate() }
        for row in 0..<rows {
            for column in 0..<columns {
                (copy + (column * rows + row) * size).copyMemory(
                    from: x + (row * columns + column) * size, byteCount: size)
            }
        }
        body(copy)
    }
}
