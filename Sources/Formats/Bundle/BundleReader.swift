import TensorCore

/// The data files of a checkpoint, wherever their bytes are. What comes out has been held against its checksum.
public protocol BundleShards: Sendable {
    /// The bytes of an entry that has some.
    func bytes(of entry: BundleEntry) throws -> ByteRegion

    /// The tensor of an entry that has bytes; `spec` is the entry's.
    func tensor(of entry: BundleEntry, spec: TensorSpec) throws -> Tensor

    /// The tensors of several entries, which may be faster than one after the other.
    func tensors(of entries: [(entry: BundleEntry, spec: TensorSpec)]) throws -> [Tensor]
}

extension BundleShards {
    public func tensors(of entries: [(entry: BundleEntry, spec: TensorSpec)]) throws -> [Tensor] {
        try entries.map { try tensor(of: $0.entry, spec: $0.spec) }
    }
}

/// Reads the tensors of one TensorFlow checkpoint.
public struct BundleReader: Sendable {
    public let index: BundleIndex
    private let shards: any BundleShards

    public init(index: BundleIndex, shards: any BundleShards) {
        self.index = index
        self.shards = shards
    }

    /// A checkpoint whose files are in memory, or mapped into it; tensors are views of them where they are aligned.
    public init(index: ByteRegion, shards: [ByteRegion]) throws(FormatError) {
        self.index = try index.withUnsafeBytes { (bytes) throws(FormatError) in try BundleIndex(parsing: bytes) }
        self.shards = try ShardsInMemory(shards, index: self.index)
    }

    /// The tensor called `name`, put together if it was partitioned.
    ///
    /// - Throws: `FormatError`: `.missing`, `.checksum`, or `.unsupported` for strings and complex numbers.
    public func tensor(_ name: String) throws -> Tensor {
        let entry = try entry(name)
        let spec = try entry.spec()
        guard !entry.slices.isEmpty else { return try shards.tensor(of: entry, spec: spec) }
        guard let whole = try? Tensor(uninitialized: spec) else {
            throw FormatError(.bundle, entry.place, .outOfMemory(byteCount: spec.byteCount))
        }
        for (slice, part) in try index.parts(of: entry) {
            let bytes = try shards.bytes(of: part)
            slice.copy(bytes.pointer, shape: part.shape, into: whole.buffer.pointer, shape: entry.shape, spec.dtype)
            withExtendedLifetime(bytes) {}
        }
        try entry.checkValues(whole)
        return whole
    }

    /// The tensors called `names`.
    public func tensors(_ names: [String]) throws -> [Tensor] {
        var results = [Tensor?](repeating: nil, count: names.count)
        var whole: [(place: Int, entry: BundleEntry, spec: TensorSpec)] = []
        for (place, name) in names.enumerated() {
            let entry = try entry(name)
            if entry.slices.isEmpty {
                whole.append((place, entry, try entry.spec()))
            } else {
                results[place] = try tensor(name)
            }
        }
        for (item, tensor) in zip(whole, try shards.tensors(of: whole.map { ($0.entry, $0.spec) })) {
            results[item.place] = tensor
        }
        return results.compactMap { $0 }
    }

    /// Everything in the checkpoint, ready to be saved again, held against its checksums; the bytes stay where they are.
    public func items() throws -> [BundleItem] {
        try index.entries.map { entry in
            if !entry.slices.isEmpty {
                let spec = try entry.spec()
                let parts = try index.parts(of: entry).map { slice, part in
                    (slice, try shards.tensor(of: part, spec: try part.spec()))
                }
                return BundleItem(entry.name, .parts(shape: spec.shape, parts))
            }
            let bytes = try shards.bytes(of: entry)
            if entry.dtype.dtype == .bool { try entry.checkBools(bytes) }
            return BundleItem(entry.name, .raw(entry.dtype, shape: entry.shape, bytes))
        }
    }

    /// The bytes of the tensor called `name` as they lie in the file; for types that no tensor here can hold.
    public func bytes(_ name: String) throws -> ByteRegion { try shards.bytes(of: try entry(name)) }

    /// The elements of a tensor of strings, row-major.
    public func strings(_ name: String) throws -> [[UInt8]] {
        let entry = try entry(name)
        guard entry.dtype == .string, let count = entry.elementCount else {
            throw FormatError(.bundle, entry.place, .malformed(expected: "strings", found: entry.dtype.name))
        }
        return try shards.bytes(of: entry).withUnsafeBytes { try BundleStrings(parsing: $0, count: count).elements }
    }

    private func entry(_ name: String) throws(FormatError) -> BundleEntry {
        guard let entry = index[name] else { throw FormatError(.bundle, "index", .missing(name: name)) }
        return entry
    }
}

extension BundleEntry {
    /// Holds bytes against the checksum of this entry.
    public func verify(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
        if dtype == .string {
            guard let elementCount, elementCount <= bytes.count else {
                throw FormatError(
                    .bundle, place, .malformed(expected: "\(shape) strings", found: "\(bytes.count) bytes"))
            }
            try check(BundleStrings(parsing: bytes, count: elementCount).checksum)
        } else {
            try check(CRC32C(bytes))
        }
    }

    /// Holds a checksum, computed from the bytes of this entry, against the stored one.
    public func check(_ computed: CRC32C) throws(FormatError) {
        guard computed.masked == checksum else {
            throw FormatError(
                .bundle, place, at: offset, .checksum(stored: checksum, computed: computed.masked))
        }
    }
}

extension BundleEntry {
    /// Makes sure that a tensor, read from outside, holds only values of its type.
    public func checkValues(_ tensor: Tensor) throws(FormatError) {
        if tensor.dtype == .bool { try checkBools(ByteRegion(tensor)) }
    }

    /// Bools from outside must be 0 or 1: Swift takes any other for a defect of the program.
    func checkBools(_ bytes: ByteRegion) throws(FormatError) {
        guard bytes.withUnsafeBytes({ $0.contains { $0 > 1 } }) else { return }
        throw FormatError(.bundle, place, .malformed(expected: "bools as bytes 0 and 1", found: "another byte"))
    }
}

private struct ShardsInMemory: BundleShards {
    private let shards: [ByteRegion]

    init(_ shards: [ByteRegion], index: BundleIndex) throws(FormatError) {
        let expected = try index.shardByteCounts()
        guard shards.map(\.count) == expected else {
            throw FormatError(
                .bundle, "data files", .malformed(expected: "\(expected) bytes", found: "\(shards.map(\.count))"))
        }
        self.shards = shards
    }

    func bytes(of entry: BundleEntry) throws -> ByteRegion {
        let bytes = shards[entry.shard][entry.range]
        try bytes.withUnsafeBytes { (bytes) throws(FormatError) in try entry.verify(bytes) }
        return bytes
    }

    func tensor(of entry: BundleEntry, spec: TensorSpec) throws -> Tensor {
        guard let tensor = try bytes(of: entry).tensor(spec) else {
            throw FormatError(.bundle, entry.place, .outOfMemory(byteCount: spec.byteCount))
        }
        try entry.checkValues(tensor)
        return tensor
    }
}

extension ByteRegion {
    /// A tensor over these bytes, of which there are as many as it needs: a view where they are aligned for its
    /// elements, else a copy. Nil when there is no memory.
    public func tensor(_ spec: TensorSpec) -> Tensor? {
        precondition(count == spec.byteCount, "\(count) bytes are no \(spec)")
        if UInt(bitPattern: pointer) % UInt(spec.dtype.byteCount) == 0 {
            return Tensor(viewing: pointer, spec: spec, owner: owner)
        }
        guard let tensor = try? Tensor(uninitialized: spec) else { return nil }
        tensor.buffer.pointer.copyMemory(from: pointer, byteCount: count)
        withExtendedLifetime(owner) {}
        return tensor
    }
}
