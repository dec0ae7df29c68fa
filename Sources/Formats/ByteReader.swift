/// Reads little-endian values from bytes, never past their end.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int
    /// One past the last byte that may be read.
    let end: Int
    let format: FormatError.Format
    /// What is being read, for messages.
    let place: String

    init(
        _ bytes: UnsafeRawBufferPointer, from start: Int = 0, to end: Int? = nil, _ format: FormatError.Format,
        _ place: String
    ) {
        self.bytes = bytes
        offset = start
        self.end = end ?? bytes.count
        self.format = format
        self.place = place
    }

    var remaining: Int { end - offset }
    var isAtEnd: Bool { offset == end }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(FormatError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else {
            throw error(.truncated(needed: count, available: remaining))
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    mutating func fixed<Value: FixedWidthInteger>(_ type: Value.Type) throws(FormatError) -> Value {
        Value(littleEndian: try take(MemoryLayout<Value>.size).loadUnaligned(as: Value.self))
    }

    /// A number in groups of seven bits, lowest first, each but the last marked by its top bit. A last group of zeros is
    /// one too many: nobody writes it, so it comes of damage.
    mutating func varint() throws(FormatError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, through: 63, by: 7) {
            let byte = try fixed(UInt8.self)
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            guard byte < 0x80 else { continue }
            if byte == 0 && shift > 0 { break }
            return value
        }
        throw error(.malformed(expected: "a number of at most 64 bits, as short as can be", found: "a longer one"))
    }

    /// A varint that counts or points within this machine's memory.
    mutating func size() throws(FormatError) -> Int {
        let value = try varint()
        guard let size = Int(exactly: value) else {
            throw error(.malformed(expected: "a size", found: "\(value)"))
        }
        return size
    }

    func error(_ problem: FormatError.Problem) -> FormatError { FormatError(format, place, at: offset, problem) }
}
