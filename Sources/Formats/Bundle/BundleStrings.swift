/// How a tensor of strings is stored: all lengths, a checksum of them, all characters.
struct BundleStrings {
    let elements: [[UInt8]]
    /// Of the lengths as numbers of 32 bits (64 from 2³² on), the checksum of that, and the characters.
    let checksum: CRC32C

    init(parsing bytes: UnsafeRawBufferPointer, count: Int) throws(FormatError) {
        var reader = ByteReader(bytes, .bundle, "strings")
        guard count <= bytes.count else {
            throw reader.error(.truncated(needed: count, available: bytes.count))
        }
        var lengths: [Int] = []
        var checksum = CRC32C()
        for _ in 0..<count {
            lengths.append(try reader.size())
            checksum.update(length: lengths[lengths.count - 1])
        }
        let stored = try reader.take(4)
        let storedValue = stored.loadUnaligned(as: UInt32.self).littleEndian
        guard storedValue == checksum.masked else {
            throw reader.error(.checksum(stored: storedValue, computed: checksum.masked))
        }
        checksum.update(stored)
        checksum.update(UnsafeRawBufferPointer(rebasing: bytes[reader.offset...]))
        self.checksum = checksum
        var elements: [[UInt8]] = []
        for length in lengths { elements.append(Array(try reader.take(length))) }
        guard reader.isAtEnd else {
            throw reader.error(.malformed(expected: "the end of the strings", found: "\(reader.remaining) bytes"))
        }
        self.elements = elements
    }

    /// The bytes of a tensor of strings, and their checksum.
    static func encode(_ elements: [[UInt8]]) -> (bytes: [UInt8], checksum: CRC32C) {
        var bytes: [UInt8] = []
        var checksum = CRC32C()
        for element in elements {
            bytes.appendVarint(UInt64(element.count))
            checksum.update(length: element.count)
        }
        var rest: [UInt8] = []
        rest.appendFixed(checksum.masked)
        for element in elements { rest.append(contentsOf: element) }
        checksum.update(rest)
        return (bytes + rest, checksum)
    }
}

extension CRC32C {
    fileprivate mutating func update(length: Int) {
        if let short = UInt32(exactly: length) {
            withUnsafeBytes(of: short.littleEndian) { update($0) }
        } else {
            withUnsafeBytes(of: UInt64(length).littleEndian) { update($0) }
        }
    }
}
