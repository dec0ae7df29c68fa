/// The index of a TensorFlow checkpoint (format V2): which tensors there are, and where their bytes lie.
public struct BundleIndex: Sendable {
    public let shardCount: Int
    /// The tensors in order of their names' bytes; a partitioned variable's parts are not among them.
    public let entries: [BundleEntry]
    private let parts: [[UInt8]: BundleEntry]
    private let places: [String: Int]

    /// What an index may ask for.
    public struct Limits: Sendable {
        public var bytesMax = 256 << 20
        public var entriesMax = 4 << 20
        public init() {}
    }

    /// Reads the bytes of an index file and verifies all that can be known without the data files.
    public init(parsing bytes: UnsafeRawBufferPointer, limits: Limits = Limits()) throws(FormatError) {
        guard bytes.count <= limits.bytesMax else {
            throw FormatError(.bundle, "index file", .limit(max: limits.bytesMax, found: bytes.count))
        }
        var contents = Contents(entriesMax: limits.entriesMax)
        try TableReader(bytes).visit { (key, value) throws(FormatError) in try contents.add(key, value) }
        guard let shardCount = contents.shardCount else {
            throw FormatError(.bundle, "header", .missing(name: "header"))
        }
        self.shardCount = shardCount
        entries = contents.entries
        parts = contents.parts
        places = Dictionary(entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        guard places.count == entries.count else {
            throw FormatError(.bundle, "names", .malformed(expected: "names that differ", found: "two alike"))
        }
        try check()
    }

    public subscript(name: String) -> BundleEntry? { places[name].map { entries[$0] } }

    /// All entries that have bytes: whole tensors, and the parts of the others.
    public var entriesWithBytes: [BundleEntry] { entries.filter { $0.slices.isEmpty } + parts.values }

    /// The entries with the bytes of `entry`: itself, or its parts with where each belongs.
    public func parts(of entry: BundleEntry) throws(FormatError) -> [(slice: BundleSlice, entry: BundleEntry)] {
        var found: [(BundleSlice, BundleEntry)] = []
        for slice in entry.slices {
            guard let part = parts[OrderedCode.sliceKey(name: entry.name, slice: slice)] else {
                throw FormatError(.bundle, entry.place, .missing(name: "the part at \(slice.starts)"))
            }
            found.append((slice, part))
        }
        return found
    }

    /// How many bytes each data file must have. Every byte belongs to one tensor and is under its checksum.
    public func shardByteCounts() throws(FormatError) -> [Int] {
        var ends = Array(repeating: 0, count: shardCount)
        let withBytes = entriesWithBytes.sorted {
            ($0.shard, $0.offset, $0.byteCount) < ($1.shard, $1.offset, $1.byteCount)
        }
        for entry in withBytes {
            guard entry.offset == ends[entry.shard] else {
                throw FormatError(
                    .bundle, entry.place, at: entry.offset,
                    .malformed(
                        expected: "tensors side by side, the next at \(ends[entry.shard])", found: "another place"))
            }
            ends[entry.shard] += entry.byteCount
        }
        return ends
    }

    // MARK: - Checks

    private func check() throws(FormatError) {
        var partsNamed = 0
        for entry in entries {
            try check(entry)
            guard !entry.slices.isEmpty else { continue }
            partsNamed += entry.slices.count
            for (slice, part) in try parts(of: entry) {
                guard part.dtype == entry.dtype, part.shape == slice.shape(within: entry.shape) else {
                    throw FormatError(
                        .bundle, entry.place, .malformed(expected: "a part within \(entry.shape)", found: "\(slice)"))
                }
                try check(part)
            }
            try checkCover(entry)
        }
        guard partsNamed == parts.count else {
            throw FormatError(
                .bundle, "index", .malformed(expected: "\(partsNamed) parts of variables", found: "\(parts.count)"))
        }
        _ = try shardByteCounts()
    }

    private func check(_ entry: BundleEntry) throws(FormatError) {
        guard entry.shard < shardCount else {
            throw FormatError(
                .bundle, entry.place, .malformed(expected: "one of \(shardCount) data files", found: "\(entry.shard)"))
        }
        guard entry.slices.isEmpty, let size = entry.dtype.byteCount else { return }
        guard let count = entry.elementCount, !count.multipliedReportingOverflow(by: size).overflow,
            count * size == entry.byteCount
        else {
            throw FormatError(
                .bundle, entry.place,
                .malformed(expected: "the bytes of \(entry.dtype.name)\(entry.shape)", found: "\(entry.byteCount)"))
        }
    }

    /// The parts of a variable must fill it, each place once: then their sizes add up, and no two meet.
    private func checkCover(_ entry: BundleEntry) throws(FormatError) {
        let slicesMax = 4096
        guard entry.slices.count <= slicesMax else {
            throw FormatError(.bundle, entry.place, .limit(max: slicesMax, found: entry.slices.count))
        }
        let total = try parts(of: entry).reduce(0) { $0 &+ ($1.entry.elementCount ?? 0) }
        let shapes = entry.slices.map { ($0.starts, $0.shape(within: entry.shape) ?? []) }
        for (index, (start, shape)) in shapes.enumerated() where !shape.contains(0) {
            for (otherStart, otherShape) in shapes[..<index] where !otherShape.contains(0) {
                let meets = start.indices.allSatisfy { axis in
                    start[axis] < otherStart[axis] + otherShape[axis] && otherStart[axis] < start[axis] + shape[axis]
                }
                if meets {
                    throw FormatError(
                        .bundle, entry.place, .malformed(expected: "parts that do not overlap", found: "two that do"))
                }
            }
        }
        guard total == entry.elementCount else {
            throw FormatError(
                .bundle, entry.place, .malformed(expected: "parts that fill \(entry.shape)", found: "\(total) elements")
            )
        }
    }

    // MARK: - Reading

    private struct Contents {
        let entriesMax: Int
        var shardCount: Int?
        var entries: [BundleEntry] = []
        var parts: [[UInt8]: BundleEntry] = [:]

        mutating func add(_ key: [UInt8], _ value: UnsafeRawBufferPointer) throws(FormatError) {
            guard shardCount != nil else {
                guard key.isEmpty else {
                    throw FormatError(.bundle, "header", .malformed(expected: "the header first", found: "a tensor"))
                }
                shardCount = try Contents.shardCount(parsing: value)
                return
            }
            guard entries.count + parts.count < entriesMax else {
                throw FormatError(.bundle, "index", .limit(max: entriesMax, found: entriesMax + 1))
            }
            if key.first == 0 {
                parts[key] = try BundleEntry(parsing: value, name: "part of a variable")
                return
            }
            guard let name = String(validating: key, as: UTF8.self) else {
                throw FormatError(.bundle, "index", .malformed(expected: "a name in UTF-8", found: "other bytes"))
            }
            entries.append(try BundleEntry(parsing: value, name: name))
        }

        /// Reads a BundleHeaderProto.
        private static func shardCount(parsing bytes: UnsafeRawBufferPointer) throws(FormatError) -> Int {
            var count: UInt64 = 0
            var fields = ProtocolBufferReader(bytes, .bundle, "header")
            while let (field, value) = try fields.next() {
                switch (field, value) {
                case (1, .varint(let number)): count = number
                case (2, .varint(0)): break
                case (2, .varint): throw fields.reader.error(.unsupported("a big-endian checkpoint"))
                case (1...2, _): throw fields.wrongType(field)
                case (3, .bytes(let version)): try checkVersion(version)
                default: break
                }
            }
            // The five digits of a data file's name.
            guard count >= 1, count <= 99_999 else {
                throw FormatError(.bundle, "header", .malformed(expected: "1 to 99999 data files", found: "\(count)"))
            }
            return Int(count)
        }

        /// Reads a VersionDef: this reader is of version 1, as TensorFlow's own are.
        private static func checkVersion(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
            var fields = ProtocolBufferReader(bytes, .bundle, "version")
            while let (field, value) = try fields.next() {
                if case .varint(let number) = value, (field == 2 && number > 1) || (field == 3 && number == 1) {
                    throw fields.reader.error(.unsupported("a checkpoint for readers beyond version 1"))
                }
            }
        }
    }
}
