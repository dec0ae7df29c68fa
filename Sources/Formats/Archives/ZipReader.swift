/// A zip file in memory: the members that its central directory lists. Stored and deflated ones, with the 64-bit fields.
struct ZipReader {
    struct Member {
        let name: String
        let isDeflated: Bool
        let checksum: UInt32
        /// Of the contents, once undone.
        let byteCount: Int
        /// What lies in the file.
        let stored: ByteRegion
    }

    let members: [Member]

    /// What an archive may ask for.
    struct Limits {
        var membersMax = 65_536
        /// All contents together.
        var contentBytesMax = Int.max
    }

    init(_ file: ByteRegion, limits: Limits) throws(FormatError) {
        members = try file.withUnsafeBytes { (bytes) throws(FormatError) in
            let directory = try ZipDirectory(of: bytes)
            guard directory.count <= limits.membersMax else {
                throw FormatError(.npz, "directory", .limit(max: limits.membersMax, found: directory.count))
            }
            var reader = ByteReader(
                bytes, from: directory.range.lowerBound, to: directory.range.upperBound, .npz, "directory")
            var members: [Member] = []
            var places: [Range<Int>] = []
            var total = 0
            for _ in 0..<directory.count {
                let entry = try ZipEntry(central: &reader)
                let place = try entry.place(in: bytes, before: directory.range.lowerBound)
                // Members that share their bytes make a small file endless.
                total = total.addingReportingOverflow(entry.byteCount).overflow ? .max : total + entry.byteCount
                guard total <= limits.contentBytesMax else {
                    throw FormatError(.npz, "contents", .limit(max: limits.contentBytesMax, found: total))
                }
                places.append(place.whole)
                members.append(
                    Member(
                        name: entry.name, isDeflated: entry.method == 8, checksum: entry.checksum,
                        byteCount: entry.byteCount, stored: file[place.contents]))
            }
            guard reader.isAtEnd else {
                throw reader.error(.malformed(expected: "the end of the directory", found: "\(reader.remaining) bytes"))
            }
            try ZipReader.checkApart(places)
            return members
        }
    }

    private static func checkApart(_ places: [Range<Int>]) throws(FormatError) {
        var end = 0
        for place in places.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard place.lowerBound >= end else {
                throw FormatError(
                    .npz, "members", at: place.lowerBound,
                    .malformed(expected: "members apart", found: "two that overlap"))
            }
            end = place.upperBound
        }
    }
}

/// Where the central directory lies, as the end of a zip file tells.
private struct ZipDirectory {
    let count: Int
    let range: Range<Int>

    init(of bytes: UnsafeRawBufferPointer) throws(FormatError) {
        guard let end = ZipDirectory.endRecord(in: bytes) else {
            throw FormatError(.npz, "end", .malformed(expected: "the end record of a zip file", found: "none"))
        }
        var reader = ByteReader(bytes, from: end + 4, .npz, "end record")
        let disks = (try reader.fixed(UInt16.self), try reader.fixed(UInt16.self))
        var counts = (UInt64(try reader.fixed(UInt16.self)), UInt64(try reader.fixed(UInt16.self)))
        var size = UInt64(try reader.fixed(UInt32.self))
        var offset = UInt64(try reader.fixed(UInt32.self))
        var limit = end
        if counts.1 == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF,
            let wide = try ZipDirectory.wideRecord(before: end, in: bytes)
        {
            (counts.0, counts.1, size, offset, limit) = (wide.count, wide.count, wide.size, wide.offset, wide.place)
        }
        guard disks == (0, 0), counts.0 == counts.1 else {
            throw reader.error(.unsupported("an archive in several volumes"))
        }
        guard let start = Int(exactly: offset), let length = Int(exactly: size), start <= limit,
            length <= limit - start,
            let count = Int(exactly: counts.1), count <= length / 46
        else { throw reader.error(.malformed(expected: "a directory within the file", found: "\(offset), \(size)")) }
        self.count = count
        range = start..<start + length
    }

    /// The end record is the last thing in the file but for a comment of at most 65,535 bytes.
    private static func endRecord(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= 22 else { return nil }
        let first = max(0, bytes.count - 22 - 65_535)
        for place in (first...bytes.count - 22).reversed()
        where bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian == 0x0605_4B50 {
            let comment = bytes.loadUnaligned(fromByteOffset: place + 20, as: UInt16.self).littleEndian
            if place + 22 + Int(comment) == bytes.count { return place }
        }
        return nil
    }

    private static func wideRecord(
        before end: Int, in bytes: UnsafeRawBufferPointer
    ) throws(FormatError) -> (count: UInt64, size: UInt64, offset: UInt64, place: Int)? {
        guard end >= 20, bytes.loadUnaligned(fromByteOffset: end - 20, as: UInt32.self).littleEndian == 0x0706_4B50
        else { return nil }
        var locator = ByteReader(bytes, from: end - 12, to: end, .npz, "zip64 locator")
        guard let place = Int(exactly: try locator.fixed(UInt64.self)), place <= end - 20 - 56 else {
            throw locator.error(.malformed(expected: "a record before it", found: "another place"))
        }
        var record = ByteReader(bytes, from: place, to: end - 20, .npz, "zip64 end record")
        guard try record.fixed(UInt32.self) == 0x0606_4B50 else {
            throw record.error(.malformed(expected: "a zip64 end record", found: "other bytes"))
        }
        _ = try record.take(8 + 2 + 2 + 4 + 4)
        let counts = (try record.fixed(UInt64.self), try record.fixed(UInt64.self))
        guard counts.0 == counts.1 else { throw record.error(.unsupported("an archive in several volumes")) }
        return (counts.1, try record.fixed(UInt64.self), try record.fixed(UInt64.self), place)
    }
}

/// One entry of the central directory.
private struct ZipEntry {
    let name: String
    let method: UInt16
    let checksum: UInt32
    let storedByteCount: Int
    let byteCount: Int
    let headerOffset: Int

    init(central reader: inout ByteReader) throws(FormatError) {
        guard try reader.fixed(UInt32.self) == 0x0201_4B50 else {
            throw reader.error(.malformed(expected: "an entry of the directory", found: "other bytes"))
        }
        _ = try reader.take(4)  // versions
        let flags = try reader.fixed(UInt16.self)
        method = try reader.fixed(UInt16.self)
        guard flags & 0x41 == 0 else { throw reader.error(.unsupported("an encrypted member")) }
        guard method == 0 || method == 8 else { throw reader.error(.unsupported("compression method \(method)")) }
        _ = try reader.take(4)  // time and date
        checksum = try reader.fixed(UInt32.self)
        var stored = UInt64(try reader.fixed(UInt32.self))
        var contents = UInt64(try reader.fixed(UInt32.self))
        let nameLength = Int(try reader.fixed(UInt16.self))
        let extraLength = Int(try reader.fixed(UInt16.self))
        let commentLength = Int(try reader.fixed(UInt16.self))
        _ = try reader.take(8)  // disk, attributes
        var offset = UInt64(try reader.fixed(UInt32.self))
        guard let name = String(validating: try reader.take(nameLength), as: UTF8.self) else {
            throw reader.error(.malformed(expected: "a name in UTF-8", found: "other bytes"))
        }
        self.name = name
        let extra = try reader.take(extraLength)
        _ = try reader.take(commentLength)
        try ZipEntry.widen(&contents, &stored, &offset, from: extra)
        guard let byteCount = Int(exactly: contents), let storedByteCount = Int(exactly: stored),
            let headerOffset = Int(exactly: offset)
        else { throw reader.error(.malformed(expected: "sizes within reach", found: "\(contents)")) }
        self.byteCount = byteCount
        self.storedByteCount = storedByteCount
        self.headerOffset = headerOffset
        guard method == 8 || byteCount == storedByteCount else {
            throw reader.error(
                .malformed(expected: "equal sizes of a stored member", found: "\(byteCount), \(storedByteCount)"))
        }
    }

    /// Takes those numbers from the zip64 field that did not fit into 32 bits, in this order.
    private static func widen(
        _ contents: inout UInt64, _ stored: inout UInt64, _ offset: inout UInt64, from extra: UnsafeRawBufferPointer
    ) throws(FormatError) {
        var fields = ByteReader(extra, .npz, "extra field")
        while fields.remaining >= 4 {
            let tag = try fields.fixed(UInt16.self)
            var field = ByteReader(try fields.take(Int(try fields.fixed(UInt16.self))), .npz, "zip64 field")
            guard tag == 1 else { continue }
            if contents == 0xFFFF_FFFF { contents = try field.fixed(UInt64.self) }
            if stored == 0xFFFF_FFFF { stored = try field.fixed(UInt64.self) }
            if offset == 0xFFFF_FFFF { offset = try field.fixed(UInt64.self) }
        }
    }

    /// Where the member lies, going by its own header, which must bear the same name.
    func place(
        in bytes: UnsafeRawBufferPointer, before end: Int
    ) throws(FormatError) -> (whole: Range<Int>, contents: Range<Int>) {
        guard headerOffset <= end else {
            throw FormatError(.npz, "member \(quoted(name))", .truncated(needed: headerOffset, available: end))
        }
        var reader = ByteReader(bytes, from: headerOffset, to: end, .npz, "member \(quoted(name))")
        guard try reader.fixed(UInt32.self) == 0x0403_4B50 else {
            throw reader.error(.malformed(expected: "a member's header", found: "other bytes"))
        }
        _ = try reader.take(4)  // version, flags
        guard try reader.fixed(UInt16.self) == method else {
            throw reader.error(.malformed(expected: "the directory's compression method", found: "another"))
        }
        _ = try reader.take(16)  // time, checksum and sizes: the directory's count
        let nameLength = Int(try reader.fixed(UInt16.self))
        let extraLength = Int(try reader.fixed(UInt16.self))
        guard try reader.take(nameLength).elementsEqual(name.utf8) else {
            throw reader.error(.malformed(expected: "the directory's name", found: "another"))
        }
        _ = try reader.take(extraLength)
        let start = reader.offset
        _ = try reader.take(storedByteCount)
        return (headerOffset..<reader.offset, start..<reader.offset)
    }
}
