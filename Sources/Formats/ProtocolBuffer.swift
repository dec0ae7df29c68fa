// The few parts of the protocol buffer encoding that these files use.

/// Reads the fields of one message, in whatever order they come.
struct ProtocolBufferReader {
    enum Value {
        case varint(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        case bytes(UnsafeRawBufferPointer)
    }

    private(set) var reader: ByteReader

    init(_ bytes: UnsafeRawBufferPointer, _ format: FormatError.Format, _ place: String) {
        reader = ByteReader(bytes, format, place)
    }

    /// The next field's number and value; nil at the end of the message.
    mutating func next() throws(FormatError) -> (field: UInt64, value: Value)? {
        if reader.isAtEnd { return nil }
        let tag = try reader.varint()
        let field = tag >> 3
        guard field > 0 else { throw reader.error(.malformed(expected: "a field number", found: "0")) }
        switch tag & 7 {
        case 0: return (field, .varint(try reader.varint()))
        case 1: return (field, .fixed64(try reader.fixed(UInt64.self)))
        case 2: return (field, .bytes(try reader.take(try reader.size())))
        case 5: return (field, .fixed32(try reader.fixed(UInt32.self)))
        default: throw reader.error(.unsupported("the protocol buffer wire type \(tag & 7)"))
        }
    }

    /// An error about a field that has another type than the format says.
    func wrongType(_ field: UInt64) -> FormatError {
        reader.error(.malformed(expected: "field \(field) with its proper type", found: "another wire type"))
    }
}

/// Writes the fields of a message.
struct ProtocolBufferWriter {
    private(set) var bytes: [UInt8] = []

    /// Zero is the default and is left away.
    mutating func varint(_ field: UInt8, _ value: UInt64) {
        if value != 0 { presentVarint(field, value) }
    }

    /// A field that counts as present even when it is zero.
    mutating func presentVarint(_ field: UInt8, _ value: UInt64) {
        bytes.append(field << 3)
        bytes.appendVarint(value)
    }

    mutating func fixed32(_ field: UInt8, _ value: UInt32) {
        if value != 0 { presentFixed32(field, value) }
    }

    mutating func presentFixed32(_ field: UInt8, _ value: UInt32) {
        bytes.append(field << 3 | 5)
        bytes.appendFixed(value)
    }

    mutating func presentFixed64(_ field: UInt8, _ value: UInt64) {
        bytes.append(field << 3 | 1)
        bytes.appendFixed(value)
    }

    mutating func message(_ field: UInt8, _ body: (inout ProtocolBufferWriter) -> Void) {
        var inner = ProtocolBufferWriter()
        body(&inner)
        self.bytes(field, inner.bytes)
    }

    mutating func bytes(_ field: UInt8, _ content: [UInt8]) {
        bytes.append(field << 3 | 2)
        bytes.appendVarint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }
}

extension [UInt8] {
    mutating func appendVarint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        append(UInt8(value))
    }

    /// Little endian.
    mutating func appendFixed(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
