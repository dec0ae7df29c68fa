/// The checksum that our safetensors files carry in their metadata: CRC-32C of the whole file, with the eight digits of the
/// checksum itself taken as zeros.
///
/// Two keys mark a file as ours. Where either is present both must be, and the checksum must hold, so that no single
/// damaged byte can make a file look like one that never had a checksum.
enum SafetensorsChecksum {
    static let formatKey = "strata.format"
    static let formatVersion = "1"
    static let checksumKey = "strata.crc32c"
    static let zeros = "00000000"

    /// The digits of a checksum.
    static func digits(_ checksum: CRC32C) -> String {
        let digits = String(checksum.value, radix: 16)
        return String(zeros.dropLast(digits.count)) + digits
    }

    static func verify(_ bytes: UnsafeRawBufferPointer, _ header: SafetensorsHeader) throws(FormatError) {
        let (format, digits) = (header.metadata[formatKey], header.metadata[checksumKey])
        guard format != nil || digits != nil else { return }
        guard format == formatVersion, let digits, digits.utf8.count == 8, let stored = UInt32(digits, radix: 16) else {
            throw FormatError(
                .safetensors, "metadata",
                .malformed(expected: "\(formatKey) \(formatVersion) with \(checksumKey)", found: "only a part of that"))
        }
        guard let place = digitsPlace(in: bytes[..<header.byteCount], digits) else {
            throw FormatError(
                .safetensors, "metadata", .malformed(expected: "\(checksumKey) as written", found: "another form"))
        }
        var checksum = CRC32C(UnsafeRawBufferPointer(rebasing: bytes[..<place]))
        checksum.update(zeros.utf8)
        checksum.update(UnsafeRawBufferPointer(rebasing: bytes[(place + 8)...]))
        guard checksum.value == stored else {
            throw FormatError(.safetensors, "file", .checksum(stored: stored, computed: checksum.value))
        }
    }

    /// Where the digits stand: right behind their key, as our writer puts it.
    static func digitsPlace(in header: some RandomAccessCollection<UInt8>, _ digits: String) -> Int? {
        let pattern = Array("\"\(checksumKey)\":\"\(digits)\"".utf8)
        var rest = header[...]
        while rest.count >= pattern.count {
            if rest.starts(with: pattern) { return header.count - rest.count + pattern.count - 9 }
            rest = rest.dropFirst()
        }
        return nil
    }
}
