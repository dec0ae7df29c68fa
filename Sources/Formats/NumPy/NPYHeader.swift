import TensorCore

/// The start of a .npy file: the elements' type and order, and the shape.
struct NPYHeader {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// No array needs more; NumPy refuses beyond ten thousand.
    static let lengthMax = 65_536

    var spec: TensorSpec
    var isBigEndian = false
    var isFortranOrder = false
    /// Where the elements start.
    private(set) var byteCount = 0

    init(spec: TensorSpec) { self.spec = spec }

    /// The bytes that tell how long the header is: for version 1 ten, for later ones twelve.
    static func byteCount(start bytes: UnsafeRawBufferPointer) throws(FormatError) -> Int {
        var reader = ByteReader(bytes, .npy, "header")
        guard try reader.take(6).elementsEqual(magic) else {
            throw FormatError(.npy, "header", at: 0, .malformed(expected: "\\x93NUMPY", found: "other bytes"))
        }
        let version = try reader.fixed(UInt8.self)
        guard try reader.fixed(UInt8.self) == 0, (1...3).contains(version) else {
            throw FormatError(.npy, "header", at: 6, .unsupported("version \(version)"))
        }
        let length = version == 1 ? Int(try reader.fixed(UInt16.self)) : Int(try reader.fixed(UInt32.self))
        guard length <= lengthMax else { throw reader.error(.limit(max: lengthMax, found: length)) }
        return reader.offset + length
    }

    /// Reads a header, all of whose bytes are there.
    init(parsing bytes: UnsafeRawBufferPointer) throws(FormatError) {
        let end = try NPYHeader.byteCount(start: bytes)
        let start = bytes[6] == 1 ? 10 : 12
        guard end <= bytes.count else {
            throw FormatError(.npy, "header", .truncated(needed: end, available: bytes.count))
        }
        var literal = PythonDictionaryReader(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        var description: String?
        var isFortranOrder: Bool?
        var extents: [Int]?
        while let key = try literal.key() {
            switch key {
            case "descr": description = try literal.string()
            case "fortran_order": isFortranOrder = try literal.bool()
            case "shape": extents = try literal.tuple()
            default: throw FormatError(.npy, "header", .malformed(expected: "NumPy's keys", found: quoted(key)))
            }
        }
        guard let description, let isFortranOrder, let extents else {
            throw FormatError(.npy, "header", .missing(name: "descr, fortran_order or shape"))
        }
        guard let shape = try? Shape(checking: extents) else {
            throw FormatError(.npy, "header", .unsupported("the shape \(extents)"))
        }
        let (dtype, isBigEndian) = try NPYHeader.dtype(described: description)
        spec = TensorSpec(shape, dtype)
        self.isBigEndian = isBigEndian
        self.isFortranOrder = isFortranOrder
        byteCount = end
        guard spec.byteCount < Int.max else {
            throw FormatError(.npy, "header", .unsupported("the shape \(extents)"))
        }
    }

    /// The bytes of this header in version 1, padded as NumPy does, so that the elements start at a multiple of 64.
    var bytes: [UInt8] {
        let extents = spec.shape.extents.map(String.init).joined(separator: ", ")
        let tuple = spec.rank == 1 ? "(\(extents),)" : "(\(extents))"
        let literal =
            "{'descr': '\(NPYHeader.description(of: spec.dtype))', 'fortran_order': False, 'shape': \(tuple), }"
        let length = (10 + literal.utf8.count + 1 + 63) / 64 * 64 - 10
        var bytes = NPYHeader.magic + [1, 0]
        bytes.appendFixed(UInt16(length))
        bytes += Array(literal.utf8)
        bytes += Array(repeating: UInt8(ascii: " "), count: length - literal.utf8.count - 1)
        return bytes + [UInt8(ascii: "\n")]
    }

    // MARK: - Element types

    /// NumPy has no bfloat16; those who give it one (ml_dtypes) store it as two opaque bytes, and so do we.
    private static let kinds: [(kind: String, dtype: DType)] = [
        ("f4", .float32), ("f8", .float64), ("f2", .float16), ("V2", .bfloat16), ("i1", .int8), ("i2", .int16),
        ("i4", .int32), ("i8", .int64), ("u1", .uint8), ("u2", .uint16), ("u4", .uint32), ("u8", .uint64),
        ("b1", .bool),
    ]

    private static func description(of dtype: DType) -> String {
        let kind = kinds.first { $0.dtype == dtype }?.kind ?? "f4"
        return (dtype.byteCount == 1 ? "|" : "<") + kind
    }

    private static func dtype(described description: String) throws(FormatError) -> (DType, isBigEndian: Bool) {
        let order = description.first
        guard order == "<" || order == ">" || order == "|" || order == "=",
            let dtype = kinds.first(where: { $0.kind == description.dropFirst() })?.dtype
        else { throw FormatError(.npy, "header", .unsupported("dtype \(quoted(description))")) }
        return (dtype, order == ">" && dtype.byteCount > 1)
    }
}
