import Formats
import TensorCore
import TestSupport

/// The tensors of a golden file, by name; booleans are stored as bytes there.
struct GoldenTensors {
    private let bytes: [UInt8]
    private let header: JSONValue
    private let dataStart: Int

    init(_ path: String) throws {
        bytes = try Goldens.bytes(path)
        let headerCount = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        header = try JSONValue(parsing: Array(bytes[8..<8 + headerCount]))
        dataStart = 8 + headerCount
    }

    /// Those of a manifest that needs none.
    static let empty = GoldenTensors()

    private init() {
        bytes = []
        header = .null
        dataStart = 0
    }

    /// - Throws: a description of what is missing.
    func tensor(_ name: String) throws -> Tensor {
        guard let entry = header[name], let code = entry["dtype"]?.string, let dtype = GoldenTensors.dtypes[code],
            let extents = entry["shape"]?.array?.compactMap(\.integer),
            let start = entry["data_offsets"]?.array?.first?.integer
        else { throw GoldenFailure("there is no tensor \(name)") }
        let tensor = try Tensor(uninitialized: TensorSpec(Shape(checking: extents), dtype))
        bytes.withUnsafeBytes { bytes in
            tensor.buffer.pointer.copyMemory(
                from: bytes.baseAddress! + dataStart + start, byteCount: tensor.spec.byteCount)
        }
        return tensor
    }

    private static let dtypes: [String: DType] = [
        "F32": .float32, "F64": .float64, "F16": .float16, "BF16": .bfloat16, "I8": .int8, "I16": .int16,
        "I32": .int32, "I64": .int64, "U8": .uint8, "U16": .uint16, "U32": .uint32, "U64": .uint64,
    ]
}

/// Why a golden case failed.
struct GoldenFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The largest difference, relative to `1 + |expected|`.
func largestError(_ found: Tensor, _ expected: Tensor) throws -> Double {
    guard found.shape == expected.shape else {
        throw GoldenFailure("has the shape \(found.shape), not \(expected.shape)")
    }
    func wide(_ tensor: Tensor) -> [Double] {
        tensor.dtype == .float32 ? tensor.values.map(Double.init) : tensor.scalars(Double.self)
    }
    return zip(wide(found), wide(expected)).reduce(0) { worst, pair in
        let error = abs(pair.0 - pair.1) / (1 + abs(pair.1))
        return pair.0 == pair.1 ? worst : error.isNaN ? .infinity : max(worst, error)
    }
}
