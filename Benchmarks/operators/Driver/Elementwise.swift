import Glibc
import Operators
import TensorCore

/// Elementwise kernels on tensors that no cache holds, in GB/s read and written, beside a copy by memcpy on as many threads.
enum Elementwise {
    private static let kernels: [(name: String, kernel: UnaryKernel)] = [
        ("relu", .relu), ("affine", .affine), ("sqrt", .squareRoot), ("rsqrt", .reciprocalSquareRoot),
        ("exp", .exponential), ("log", .logarithm), ("tanh", .tanh), ("sigmoid", .sigmoid), ("swish", .swish),
        ("erf", .erf), ("gelu", .gelu), ("gelu with tanh", .geluTanh),
    ]

    static func rows() throws -> [Row] {
        let count = 1 << 24
        let (x, other) = (try Tensor(repeating: 0.7, [count]), try Tensor(repeating: 0.3, [count]))
        let y = try Tensor(repeating: 0, [count])
        let bytes = Double(count * 4) * 1e-9
        var rows: [Row] = []
        for threads in [1, 2] {
            ComputePool.shared.threads = threads
            func row(_ name: String, streams: Double, _ body: @escaping () -> Void) throws -> Row {
                let times = try Measurement.secondsPerCall(
                    runs: 7, clock: .forThreads(threads), of: [body, { copy(x, into: y) }])
                return Row(
                    name: "\(name), out of cache, \(threads)t", value: streams * bytes / times[0], unit: "GB/s",
                    reference: ("memcpy", 2 * bytes / times[1]))
            }
            for (name, kernel) in kernels {
                rows.append(
                    try row(name, streams: 2) {
                        var buffer = y.buffer
                        kernel.run(x, into: &buffer, 1.5, 0.5)
                    })
            }
            for (name, kernel) in [("add", BinaryKernel.add), ("multiply", .multiply)] {
                rows.append(
                    try row(name, streams: 3) {
                        var buffer = y.buffer
                        kernel.run(x, other, into: &buffer)
                    })
            }
        }
        ComputePool.shared.threads = ComputePool.cores
        return rows
    }

    private static func copy(_ x: Tensor, into y: Tensor) {
        Kernels.shareOut(x.spec.byteCount, cost: 1) { share in
            memcpy(y.buffer.pointer + share.lowerBound, x.pointer + share.lowerBound, share.count)
        }
    }
}
