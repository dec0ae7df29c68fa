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

    /// z [m, n] = op(x) [m, k] · op(y) [k, n] + beta · z, all row-major and dense; `op` transposes where asked.
    @inlinable
    static func multiply(
        _ x: UnsafePointer<Float>, transposed transposeX: Bool, _ y: UnsafePointer<Float>, transposed transposeY: Bool,
        into z: UnsafeMutablePointer<Float>, m: Int, k: Int, n: Int, beta: Float = 0
    ) {
        cblas_sgemm(
            CblasRowMajor, transposeX ? CblasTrans : CblasNoTrans, transposeY ? CblasTrans : CblasNoTrans,
            blasint(m), blasint(n), blasint(k), 1, x, blasint(transposeX ? m : k), y, blasint(transposeY ? k : n),
            beta, z, blasint(n))
    }

    @inlinable
    static func multiply(
        _ x: UnsafePointer<Double>, transposed transposeX: Bool, _ y: UnsafePointer<Double>,
        transposed transposeY: Bool,
        into z: UnsafeMutablePointer<Double>, m: Int, k: Int, n: Int, beta: Double = 0
    ) {
        cblas_dgemm(
            CblasRowMajor, transposeX ? CblasTrans : CblasNoTrans, transposeY ? CblasTrans : CblasNoTrans,
            blasint(m), blasint(n), blasint(k), 1, x, blasint(transposeX ? m : k), y, blasint(transposeY ? k : n),
            beta, z, blasint(n))
    }
}
