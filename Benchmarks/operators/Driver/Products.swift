import COpenBLAS
import Operators
import TensorCore

/// Matrix products, in GFLOP/s, beside OpenBLAS called directly.
enum Products {
    static func rows() throws -> [Row] {
        var rows: [Row] = []
        for threads in [1, 2] {
            ComputePool.shared.threads = threads
            for n in [512, 1024] { rows.append(try square(n, threads)) }
        }
        rows += try oneRow()
        ComputePool.shared.threads = ComputePool.cores
        return rows
    }

    /// n × n by n × n; OpenBLAS on as many threads of its own.
    private static func square(_ n: Int, _ threads: Int) throws -> Row {
        let (x, y) = (try Tensor(repeating: 0.5, [n, n]), try Tensor(repeating: 0.25, [n, n]))
        var z = try Tensor(repeating: 0, [n, n])
        let times = try Measurement.secondsPerCall(
            clock: .forThreads(threads),
            of: [
                { _ = try matmul(x, y) },
                {
                    openblas_set_num_threads(Int32(threads))
                    defer { openblas_set_num_threads(1) }
                    multiplyDirectly(x, y, into: &z, m: n, k: n, n: n)
                },
            ])
        let work = 2 * Double(n * n * n) * 1e-9
        return Row(
            name: "product \(n) x \(n) x \(n), \(threads)t", value: work / times[0], unit: "GFLOP/s",
            reference: ("OpenBLAS", work / times[1]))
    }

    /// A call of one example: every weight is read once.
    private static func oneRow() throws -> [Row] {
        let (k, n) = (784, 512)
        let (x, y) = (try Tensor(repeating: 0.5, [1, k]), try Tensor(repeating: 0.25, [k, n]))
        var z = try Tensor(repeating: 0, [1, n])
        let times = try Measurement.secondsPerCall(
            clock: .thread,
            of: [{ _ = try matmul(x, y) }, { multiplyDirectly(x, y, into: &z, m: 1, k: k, n: n) }])
        let work = 2 * Double(k * n) * 1e-9
        return [("limit", 30), ("OpenBLAS", work / times[1])].map { reference in
            Row(
                name: "product 1 x 784 x 512, beside \(reference.0)", value: work / times[0], unit: "GFLOP/s",
                reference: reference)
        }
    }

    private static func multiplyDirectly(_ x: Tensor, _ y: Tensor, into z: inout Tensor, m: Int, k: Int, n: Int) {
        z.withMutableElements(Float.self) { z in
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1,
                x.pointer(to: Float.self), blasint(k), y.pointer(to: Float.self), blasint(n), 0, z.baseAddress,
                blasint(n))
        }
    }
}
