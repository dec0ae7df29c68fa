import TensorCore

/// One thing to be saved in a TensorFlow checkpoint.
public struct BundleItem: Sendable {
    public enum Content: Sendable {
        case tensor(Tensor)
        /// A variable in parts, which together fill `shape`.
        case parts(shape: Shape, [(slice: BundleSlice, tensor: Tensor)])
        /// Strings, row-major.
        case strings(shape: [Int], [[UInt8]])
        /// Bytes of a type that no tensor here can hold, such as complex64.
        case raw(BundleDType, shape: [Int], ByteRegion)
    }

    public var name: String
    public var content: Content

    public init(_ name: String, _ content: Content) {
        self.name = name
        self.content = content
    }

    public init(_ name: String, _ tensor: Tensor) { self.init(name, .tensor(tensor)) }
}

/// Where each tensor of a checkpoint will lie in its one data file, before a byte is written.
///
/// The plan hands out the tensors' own memory, piece by piece; whoever writes them computes their checksums in passing
/// and then asks for the index.
public struct BundlePlan: Sendable {
    /// Bytes that go to `offset` of the data file.
    public struct Piece: Sendable {
        public let region: ByteRegion
        public let offset: Int
    }

    public let pieces: [Piece]
    public let dataByteCount: Int
    public let tensorCount: Int
    /// By key of the index; with bytes exactly those of `pieces`, in their order.
    private var entries: [(key: [UInt8], entry: BundleEntry, piece: Int?)]
    /// Checksums that are not simply those of the bytes.
    private var checksums: [Int: CRC32C]

    /// - Throws: `FormatError` for names that are empty or occur twice.
    public init(_ items: [BundleItem]) throws(FormatError) {
        var layout = Layout()
        let sorted = items.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (index, item) in sorted.enumerated() {
            guard !item.name.isEmpty, item.name.utf8.first != 0 else {
                throw FormatError(.bundle, "names", .malformed(expected: "a name", found: quoted(item.name)))
            }
            if index > 0, sorted[index - 1].name == item.name {
                throw FormatError(.bundle, "names", .duplicate(name: item.name))
            }
            layout.add(item)
        }
        tensorCount = items.count
        pieces = layout.pieces
        dataByteCount = layout.end
        checksums = layout.checksums
        entries = layout.entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// The bytes of the index file.
    ///
    /// - Parameters:
    ///   - checksums: of each piece's bytes, in order.
    ///   - shardCount: how many data files the index speaks of; the tensors are all in the first.
    public func index(checksums: [CRC32C], shardCount: Int = 1) -> [UInt8] {
        precondition(checksums.count == pieces.count, "one checksum for each piece")
        var header = ProtocolBufferWriter()
        header.varint(1, UInt64(shardCount))
        header.message(3) { $0.varint(1, 1) }
        var table = TableWriter()
        table.add(key: [], value: header.bytes)
        for (key, entry, piece) in entries {
            var entry = entry
            if let piece { entry.checksum = (self.checksums[piece] ?? checksums[piece]).masked }
            table.add(key: key, value: entry.bytes)
        }
        return table.finished()
    }

    /// Collects entries and pieces in the order of the names.
    private struct Layout {
        var pieces: [Piece] = []
        var end = 0
        var entries: [(key: [UInt8], entry: BundleEntry, piece: Int?)] = []
        var checksums: [Int: CRC32C] = [:]

        mutating func add(_ item: BundleItem) {
            let key = Array(item.name.utf8)
            switch item.content {
            case .tensor(let tensor): add(key, item.name, tensor)
            case .raw(let dtype, let shape, let region):
                let entry = BundleEntry(name: item.name, dtype: dtype, shape: shape)
                if dtype == .string, let count = entry.elementCount {
                    checksums[pieces.count] = region.withUnsafeBytes {
                        try? BundleStrings(parsing: $0, count: count).checksum
                    }
                }
                add(key, entry, region)
            case .strings(let shape, let elements):
                let (bytes, checksum) = BundleStrings.encode(elements)
                checksums[pieces.count] = checksum
                add(key, BundleEntry(name: item.name, dtype: .string, shape: shape), ByteRegion(copying: bytes))
            case .parts(let shape, let parts):
                let dtype = BundleDType(parts.first?.tensor.dtype ?? .float32)
                var entry = BundleEntry(name: item.name, dtype: dtype, shape: shape.extents)
                entry.slices = parts.map(\.slice)
                entries.append((key, entry, nil))
                for part in parts {
                    add(OrderedCode.sliceKey(name: item.name, slice: part.slice), item.name, part.tensor)
                }
            }
        }

        private mutating func add(_ key: [UInt8], _ name: String, _ tensor: Tensor) {
            let entry = BundleEntry(name: name, dtype: BundleDType(tensor.dtype), shape: tensor.shape.extents)
            add(key, entry, ByteRegion(tensor))
        }

        private mutating func add(_ key: [UInt8], _ entry: BundleEntry, _ region: ByteRegion) {
            var entry = entry
            entry.offset = end
            entry.byteCount = region.count
            entries.append((key, entry, pieces.count))
            pieces.append(Piece(region: region, offset: end))
            end += region.count
        }
    }
}
