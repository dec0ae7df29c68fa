import Checkpoints
import Formats
import TensorCore

/// How fast numbers are read from JSON and written.
struct JSONMeasurement {
    let path: String

    func run() throws {
        let file = try LocalFileSystem().open(path, .read)
        var text = [UInt8](repeating: 0, count: try file.byteCount())
        _ = try text.withUnsafeMutableBytes { buffer in try file.readAll(into: buffer, at: 0) }
        for dtype in [DType.float32, .float64] {
            var tensor = try inputs(text, dtype)
            report(
                "read \(dtype)", text.count, tensor.elementCount,
                try seconds(runs: 15) { tensor = try inputs(text, dtype) })
            var bytes: [UInt8] = []
            let time = seconds(runs: 15) {
                var writer = JSONWriter()
                writer.tensor(tensor)
                bytes = writer.bytes
            }
            report("write \(dtype)", bytes.count, tensor.elementCount, time)
        }
    }

    private func inputs(_ text: [UInt8], _ dtype: DType) throws -> Tensor {
        var tensor: Tensor?
        try text.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            try reader.object { key, reader in
                if key == "inputs" { tensor = try reader.tensor(dtype: dtype) }
            }
            try reader.end()
        }
        return tensor ?? Tensor(0)
    }

    private func report(
        _ what: String, _ bytes: Int, _ numbers: Int, _ time: (least: Double, median: Double, most: Double)
    ) {
        let rates = [time.most, time.median, time.least].map { tenths(Double(bytes) / $0 / 1e6) }
        print("\(what)\t\(rates.joined(separator: " "))\tMB/s\t\(tenths(Double(numbers) / time.median / 1e6))\tM/s")
    }
}
