/// A tar file in memory: its plain files. The POSIX forms (ustar and pax) and GNU's long names.
struct TarReader {
    struct Member {
        let name: String
        let contents: ByteRegion
    }

    let members: [Member]

    init(_ file: ByteRegion, membersMax: Int = 10_000) throws(FormatError) {
        members = try file.withUnsafeBytes { (bytes) throws(FormatError) in
            var members: [Member] = []
            var reader = ByteReader(bytes, .tar, "member")
            // What a header in front says of the member behind it.
            var overrides = TarOverrides()
            while reader.remaining >= 512 {
                let start = reader.offset
                let block = try reader.take(512)
                if block.allSatisfy({ $0 == 0 }) { break }
                let header = try TarHeader(block, at: start)
                let byteCount = overrides.byteCount ?? header.byteCount
                let place = reader.offset
                _ = try reader.take(byteCount)
                _ = try reader.take(min((512 - byteCount % 512) % 512, reader.remaining))
                let contents = place..<place + byteCount
                switch header.type {
                case UInt8(ascii: "0"), 0, UInt8(ascii: "7"):
                    guard members.count < membersMax else {
                        throw reader.error(.limit(max: membersMax, found: membersMax + 1))
                    }
                    members.append(Member(name: overrides.name ?? header.name, contents: file[contents]))
                    overrides = TarOverrides()
                case UInt8(ascii: "x"): try overrides.apply(pax: UnsafeRawBufferPointer(rebasing: bytes[contents]))
                case UInt8(ascii: "L"):
                    overrides.name = String(decoding: bytes[contents].prefix { $0 != 0 }, as: UTF8.self)
                case UInt8(ascii: "5"), UInt8(ascii: "g"): overrides = TarOverrides()  // a folder, or general remarks
                default: throw reader.error(.unsupported("a member that is no plain file"))
                }
            }
            return members
        }
    }
}

/// The fields of a member's header that matter here.
private struct TarHeader {
    let name: String
    let byteCount: Int
    let type: UInt8

    init(_ block: UnsafeRawBufferPointer, at offset: Int) throws(FormatError) {
        // The sum of all bytes, those of the sum itself taken as spaces.
        let sum = block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(block[$1])) }
        let stored = try TarHeader.number(block[148..<156], at: offset)
        guard stored == sum else {
            throw FormatError(
                .tar, "header", at: offset,
                .checksum(stored: UInt32(clamping: stored), computed: UInt32(clamping: sum)))
        }
        byteCount = try TarHeader.number(block[124..<136], at: offset)
        type = block[156]
        let hasPrefix = block[257..<263].elementsEqual("ustar\0".utf8)
        let prefix = hasPrefix ? TarHeader.text(block[345..<500]) : ""
        let name = TarHeader.text(block[0..<100])
        self.name = prefix.isEmpty ? name : prefix + "/" + name
    }

    private static func text(_ field: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Octal digits, or, marked by the top bit, a binary number.
    private static func number(_ field: Slice<UnsafeRawBufferPointer>, at offset: Int) throws(FormatError) -> Int {
        var value = 0
        if let first = field.first, first & 0x80 != 0 {
            value = Int(first & 0x7F)
            for byte in field.dropFirst() {
                guard value < 1 << 54 else { throw broken(offset) }
                value = value << 8 | Int(byte)
            }
            return value
        }
        for byte in field where byte != UInt8(ascii: " ") && byte != 0 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { throw broken(offset) }
            value = value << 3 | Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func broken(_ offset: Int) -> FormatError {
        FormatError(.tar, "header", at: offset, .malformed(expected: "an octal number", found: "other bytes"))
    }
}

/// What an extended header says of the member behind it.
private struct TarOverrides {
    var name: String?
    var byteCount: Int?

    /// Records `length key=value\n`, the length counting the whole record.
    mutating func apply(pax bytes: UnsafeRawBufferPointer) throws(FormatError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")),
                let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length > space - rest.startIndex + 1,
                length <= rest.count
            else {
                throw FormatError(.tar, "extended header", .malformed(expected: "a record's length", found: "none"))
            }
            let record = rest[space + 1..<rest.startIndex + length - 1]
            rest = rest[(rest.startIndex + length)...]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
            switch String(decoding: record[..<equals], as: UTF8.self) {
            case "path": name = value
            case "size":
                guard let size = Int(value), size >= 0 else {
                    throw FormatError(.tar, "extended header", .malformed(expected: "a size", found: quoted(value)))
                }
                byteCount = size
            default: break
            }
        }
    }
}
