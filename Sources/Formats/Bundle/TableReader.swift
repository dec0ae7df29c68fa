/// A sorted string table: the index file of a TensorFlow checkpoint.
///
/// From its end: a footer, an index block with the place of each data block, an empty meta-index block, the data blocks.
/// Every byte is accounted for: blocks lie side by side, each with its checksum.
struct TableReader {
    private let bytes: UnsafeRawBufferPointer
    private let dataBlocks: [Handle]

    /// Where a block lies; its trailer, of five bytes, comes after.
    private struct Handle {
        let offset: Int
        let size: Int
        var end: Int { offset + size + TableReader.trailerSize }
    }

    static let footerSize = 48
    static let magic: UInt64 = 0xDB47_7524_8B80_FB57
    static let trailerSize = 5

    init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
        self.bytes = bytes
        let footerStart = bytes.count - TableReader.footerSize
        guard footerStart >= 0 else {
            throw FormatError(
                .bundle, "footer", .truncated(needed: TableReader.footerSize, available: bytes.count))
        }
        var footer = ByteReader(bytes, from: footerStart, .bundle, "footer")
        let metaIndex = Handle(offset: try footer.size(), size: try footer.size())
        let index = Handle(offset: try footer.size(), size: try footer.size())
        let padding = try footer.take(bytes.count - 8 - footer.offset)
        guard padding.allSatisfy({ $0 == 0 }) else {
            throw footer.error(.malformed(expected: "zero padding", found: "other bytes"))
        }
        let magic = try footer.fixed(UInt64.self)
        guard magic == TableReader.magic else {
            throw footer.error(
                .malformed(expected: "the mark of a sorted table", found: "0x\(String(magic, radix: 16))"))
        }
        var handles: [Handle] = []
        let block = try TableBlock(TableReader.block(index, "index block", in: bytes, upTo: footerStart))
        try block.visit { (key, value) throws(FormatError) in
            var reader = ByteReader(value, .bundle, "index block")
            handles.append(Handle(offset: try reader.size(), size: try reader.size()))
        }
        dataBlocks = handles
        let meta = try TableBlock(TableReader.block(metaIndex, "meta-index block", in: bytes, upTo: footerStart))
        try meta.visit { (_, _) throws(FormatError) in
            throw FormatError(.bundle, "meta-index block", .unsupported("an entry there"))
        }
        try TableReader.checkCover(handles + [metaIndex, index], upTo: footerStart)
    }

    /// Calls `body` with every key and value, in order of the keys.
    func visit(
        _ body: (_ key: [UInt8], _ value: UnsafeRawBufferPointer) throws(FormatError) -> Void
    ) throws(FormatError) {
        var previous: [UInt8]?
        for (number, handle) in dataBlocks.enumerated() {
            let place = "data block \(number)"
            let block = try TableBlock(TableReader.block(handle, place, in: bytes, upTo: bytes.count))
            try block.visit { (key, value) throws(FormatError) in
                if let previous, !previous.lexicographicallyPrecedes(key) {
                    throw FormatError(
                        .bundle, place, at: handle.offset, .malformed(expected: "rising keys", found: "a lower one"))
                }
                previous = key
                try body(key, value)
            }
        }
    }

    // MARK: - Helpers

    /// The contents of a block, its checksum verified and its compression undone.
    private static func block(
        _ handle: Handle, _ place: String, in bytes: UnsafeRawBufferPointer, upTo end: Int
    ) throws(FormatError) -> ByteRegion {
        let (afterOffset, overflow) = handle.offset.addingReportingOverflow(handle.size)
        guard handle.offset >= 0, handle.size >= 0, !overflow, afterOffset <= end - trailerSize else {
            throw FormatError(
                .bundle, place, at: handle.offset, .truncated(needed: handle.size, available: end - handle.offset))
        }
        let checked = UnsafeRawBufferPointer(rebasing: bytes[handle.offset..<afterOffset + 1])
        let stored = bytes.loadUnaligned(fromByteOffset: afterOffset + 1, as: UInt32.self).littleEndian
        let computed = CRC32C(checked).masked
        guard stored == computed else {
            throw FormatError(.bundle, place, at: handle.offset, .checksum(stored: stored, computed: computed))
        }
        let contents = UnsafeRawBufferPointer(rebasing: checked.dropLast())
        switch bytes[afterOffset] {
        case 0: return ByteRegion(copying: contents)
        case 1: return ByteRegion(copying: try Snappy.decompress(contents, place))
        case let type: throw FormatError(.bundle, place, at: afterOffset, .unsupported("compression \(type)"))
        }
    }

    private static func checkCover(_ handles: [Handle], upTo end: Int) throws(FormatError) {
        var position = 0
        for handle in handles.sorted(by: { $0.offset < $1.offset }) {
            guard handle.offset == position else {
                throw FormatError(
                    .bundle, "index file", at: position,
                    .malformed(expected: "a block", found: "bytes that belong to none"))
            }
            position = handle.end
        }
        guard position == end else {
            throw FormatError(
                .bundle, "index file", at: position,
                .malformed(expected: "the footer", found: "bytes that belong to no block"))
        }
    }
}

/// One block of a sorted table: keys, each sharing its beginning with the one before, and values.
private struct TableBlock {
    private let contents: ByteRegion
    private let entriesEnd: Int

    init(_ contents: ByteRegion) throws(FormatError) {
        self.contents = contents
        entriesEnd = try contents.withUnsafeBytes { (bytes) throws(FormatError) in
            guard bytes.count >= 8 else {
                throw FormatError(.bundle, "block", .truncated(needed: 8, available: bytes.count))
            }
            let restarts = Int(
                bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self).littleEndian)
            guard restarts >= 1, restarts <= (bytes.count - 4) / 4 else {
                throw FormatError(
                    .bundle, "block", .malformed(expected: "restarts within the block", found: "\(restarts)"))
            }
            return bytes.count - 4 - 4 * restarts
        }
    }

    func visit(
        _ body: (_ key: [UInt8], _ value: UnsafeRawBufferPointer) throws(FormatError) -> Void
    ) throws(FormatError) {
        try contents.withUnsafeBytes { (bytes) throws(FormatError) in
            var reader = ByteReader(bytes, to: entriesEnd, .bundle, "block")
            var key: [UInt8] = []
            while !reader.isAtEnd {
                let (shared, unshared, size) = (try reader.size(), try reader.size(), try reader.size())
                guard shared <= key.count else {
                    throw reader.error(.malformed(expected: "at most \(key.count) shared bytes", found: "\(shared)"))
                }
                key.removeSubrange(shared...)
                key.append(contentsOf: try reader.take(unshared))
                try body(key, try reader.take(size))
            }
        }
    }
}
