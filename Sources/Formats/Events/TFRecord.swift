/// TensorFlow's framing of records in a file: length, its checksum, payload, its checksum.
public enum TFRecord {
    /// One record, ready to be appended to a file.
    public static func frame(_ payload: [UInt8]) -> [UInt8] {
        var record: [UInt8] = []
        record.reserveCapacity(payload.count + 16)
        record.appendFixed(UInt64(payload.count))
        let lengthChecksum = record.withUnsafeBytes { CRC32C($0) }
        record.appendFixed(lengthChecksum.masked)
        record += payload
        record.appendFixed(payload.withUnsafeBytes { CRC32C($0) }.masked)
        return record
    }

    /// The records of a file.
    ///
    /// - Parameter payloadBytesMax: more than this no record may have.
    /// - Throws: `FormatError` for a damaged record, or one that is cut short.
    public static func read(_ file: ByteRegion, payloadBytesMax: Int = 1 << 30) throws(FormatError) -> [ByteRegion] {
        try file.withUnsafeBytes { (bytes) throws(FormatError) in
            var reader = ByteReader(bytes, .record, "record")
            var records: [ByteRegion] = []
            while !reader.isAtEnd {
                let start = reader.offset
                let length = try reader.fixed(UInt64.self)
                try check(bytes[start..<start + 8], &reader)
                guard length <= UInt64(payloadBytesMax) else {
                    throw reader.error(.limit(max: payloadBytesMax, found: Int(clamping: length)))
                }
                let place = reader.offset
                _ = try reader.take(Int(length))
                try check(bytes[place..<reader.offset], &reader)
                records.append(file[place..<place + Int(length)])
            }
            return records
        }
    }

    private static func check(
        _ bytes: Slice<UnsafeRawBufferPointer>, _ reader: inout ByteReader
    ) throws(FormatError) {
        let computed = CRC32C(UnsafeRawBufferPointer(rebasing: bytes)).masked
        let stored = try reader.fixed(UInt32.self)
        guard stored == computed else { throw reader.error(.checksum(stored: stored, computed: computed)) }
    }
}
