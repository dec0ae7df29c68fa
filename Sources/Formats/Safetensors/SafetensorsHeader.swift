import TensorCore

/// The first part of a safetensors file: what tensors there are, and where their bytes lie behind it.
struct SafetensorsHeader {
    struct Entry {
        let name: String
        let spec: TensorSpec
        /// Within the data, which starts behind the header.
        let range: Range<Int>
    }

    /// In the order of the data.
    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]
    /// Where the data starts.
    let byteCount: Int

    init(parsing bytes: UnsafeRawBufferPointer, limits: SafetensorsReader.Limits) throws {
        var reader = ByteReader(bytes, .safetensors, "header")
        let length = Int(clamping: try reader.fixed(UInt64.self))
        // A file that says of itself what it does not hold is cut off or no such file, rather than too large.
        let text = try reader.take(length)
        guard length <= limits.headerBytesMax else {
            throw FormatError(.safetensors, "header", at: 8, .limit(max: limits.headerBytesMax, found: length))
        }
        byteCount = reader.offset
        guard text.first == UInt8(ascii: "{") else {
            throw FormatError(.safetensors, "header", at: 8, .malformed(expected: "'{'", found: "another byte"))
        }
        // A tensor's shape lies two deep in the object of its entry.
        var json = JSONReader(text, limits: JSONLimits(depthMax: 4))
        try json.object { name, json in
            if name == "__metadata__" {
                try json.object { key, json in metadata[key] = try json.string() }
            } else {
                try TensorNames.check(name, .safetensors)
                entries.append(try SafetensorsHeader.entry(name, &json))
            }
        }
        try json.end()
        entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        try checkCover(dataByteCount: bytes.count - byteCount)
    }

    private static func entry(_ name: String, _ json: inout JSONReader) throws -> Entry {
        var dtype: DType?
        var extents: [Int]?
        var range: Range<Int>?
        try json.object { key, json in
            switch key {
            case "dtype":
                let named = try json.string()
                dtype = SafetensorsDType.dtype(named: named)
                if dtype == nil { throw FormatError(.safetensors, place(name), .unsupported("dtype \(quoted(named))")) }
            case "shape": extents = try naturals(&json, atMost: Shape.rankMax)
            case "data_offsets":
                let offsets = try naturals(&json, atMost: 2)
                guard offsets.count == 2, offsets[0] <= offsets[1] else {
                    throw json.error(.invalidValue(expected: "two rising offsets", found: "\(offsets)"))
                }
                range = offsets[0]..<offsets[1]
            default: throw json.error(.unknownKey(key, known: ["dtype", "shape", "data_offsets"]))
            }
        }
        guard let dtype, let extents, let range else {
            throw json.error(.missingKey(dtype == nil ? "dtype" : extents == nil ? "shape" : "data_offsets"))
        }
        let spec = TensorSpec(try Shape(checking: extents), dtype)
        guard spec.byteCount == range.count else {
            throw FormatError(
                .safetensors, place(name), .malformed(expected: "the bytes of \(spec)", found: "\(range.count)"))
        }
        return Entry(name: name, spec: spec, range: range)
    }

    private static func naturals(_ json: inout JSONReader, atMost count: Int) throws -> [Int] {
        var numbers: [Int] = []
        try json.array { _, json in
            let number = try json.int()
            guard number >= 0, numbers.count < count else {
                throw json.error(.invalidValue(expected: "at most \(count) natural numbers", found: "\(number)"))
            }
            numbers.append(number)
        }
        return numbers
    }

    /// The tensors must lie side by side from the first byte of the data to its last.
    private func checkCover(dataByteCount: Int) throws(FormatError) {
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound == end else {
                throw FormatError(
                    .safetensors, SafetensorsHeader.place(entry.name), at: byteCount + end,
                    .malformed(expected: "tensors side by side, the next at \(end)", found: "\(entry.range)"))
            }
            end = entry.range.upperBound
        }
        guard end == dataByteCount else {
            throw FormatError(
                .safetensors, "data", at: byteCount, .malformed(expected: "\(end) bytes", found: "\(dataByteCount)"))
        }
    }

    static func place(_ name: String) -> String { "tensor \(quoted(name))" }
}
