import CKernels
import COpenBLAS

/// OpenBLAS, held to one thread per call: this house shares out work itself.
public enum BLAS {
    /// Why this machine's OpenBLAS cannot be used; nil when it can.
    ///
    /// Two of its builds are dangerous here: the one without threads gives wrong numbers to concurrent callers, and the
    /// OpenMP one is a thousand times slower when called from threads that are not its own.
    public static let refusal: String? = {
        openblas_set_num_threads(1)
        switch openblas_get_parallel() {
        case 1: return nil
        case 0:
            return
                "OpenBLAS was built without threads and is not safe to call from several: install libopenblas0-pthread"
        default:
            return "OpenBLAS was built for OpenMP, which is a thousand times slower here: install libopenblas0-pthread"
        }
    }()

    /// The version and the kernel that OpenBLAS chose for this processor.
    public static var configuration: String { String(cString: openblas_get_config()) }

    /// z [m, n] = op(x) [m, k] · op(y) [k, n], all row-major; `op` transposes where asked, and consecutive lines of x lie
    /// `leading` elements apart.
    static func multiply(
        _ x: UnsafeRawPointer, transposed transposeX: Bool, _ y: UnsafeRawPointer, transposed transposeY: Bool,
        into z: UnsafeMutableRawPointer, m: Int, k: Int, n: Int, leading: Int, isDouble: Bool
    ) {
        let left = transposeX ? CblasTrans : CblasNoTrans
        let right = transposeY ? CblasTrans : CblasNoTrans
        let leadingY = blasint(transposeY ? k : n)
        if isDouble {
            cblas_dgemm(
                CblasRowMajor, left, right, blasint(m), blasint(n), blasint(k), 1,
                x.assumingMemoryBound(to: Double.self), blasint(leading), y.assumingMemoryBound(to: Double.self),
                leadingY, 0, z.assumingMemoryBound(to: Double.self), blasint(n))
        } else {
            cblas_sgemm(
                CblasRowMajor, left, right, blasint(m), blasint(n), blasint(k), 1,
                x.assumingMemoryBound(to: Float.self), blasint(leading), y.assumingMemoryBound(to: Float.self),
                leadingY, 0, z.assumingMemoryBound(to: Float.self), blasint(n))
        }
    }
}
