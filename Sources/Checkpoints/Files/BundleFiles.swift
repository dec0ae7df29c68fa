import Formats
import TensorCore

/// The data files of a checkpoint, read with plain reads into memory of their own: nothing that happens to a file later,
/// not even its being cut short, reaches a tensor that was read from it.
final class BundleFiles: BundleShards {
    private let files: [(any File)?]
    private let pool: ComputePool

    /// - Throws: `FormatError` when a data file does not have exactly the bytes that the index speaks of.
    init(
        prefix: String, in directory: String, index: BundleIndex, fileSystem: any FileSystem, pool: ComputePool
    ) throws {
        self.pool = pool
        var files: [(any File)?] = []
        for (shard, byteCount) in try index.shardByteCounts().enumerated() {
            let name = BundleFileNames.data(prefix, shard: shard, of: index.shardCount)
            let path = "\(directory)/\(name)"
            if try fileSystem.status(path) == nil {
                // A data file without bytes may be missing: it has nothing to say.
                guard byteCount == 0 else { throw FormatError(.bundle, "files", .missing(name: name)) }
                files.append(nil)
                continue
            }
            let file = try fileSystem.open(path, .read)
            let found = try file.byteCount()
            guard found == byteCount else {
                throw FormatError(.bundle, name, .malformed(expected: "\(byteCount) bytes", found: "\(found)"))
            }
            files.append(file)
        }
        self.files = files
    }

    /// The open file of a shard; nil for one without bytes.
    func file(_ shard: Int) -> (any File)? { files[shard] }

    /// The files as memory.
    func map() throws -> [ByteRegion] { try files.map { try $0?.map() ?? ByteRegion(copying: []) } }

    func bytes(of entry: BundleEntry) throws -> ByteRegion {
        let region = try ByteRegion(uninitialized: entry.byteCount) { buffer in try read([entry], into: [buffer]) }
        if entry.dtype == .string {
            try region.withUnsafeBytes { (bytes) throws(FormatError) in try entry.verify(bytes) }
        }
        return region
    }

    func tensor(of entry: BundleEntry, spec: TensorSpec) throws -> Tensor { try tensors(of: [(entry, spec)])[0] }

    func tensors(of entries: [(entry: BundleEntry, spec: TensorSpec)]) throws -> [Tensor] {
        let tensors = try entries.map { try Tensor(uninitialized: $0.spec) }
        let targets = tensors.map {
            UnsafeMutableRawBufferPointer(start: $0.buffer.pointer, count: $0.spec.byteCount)
        }
        try read(entries.map(\.entry), into: targets)
        for (item, tensor) in zip(entries, tensors) { try item.entry.checkValues(tensor) }
        return tensors
    }

    /// Reads entries and holds them against their checksums without keeping them.
    ///
    /// - Returns: the checksum of each entry's bytes as zip files use it.
    func verify(_ entries: [BundleEntry]) throws -> [CRC32] {
        let checksums = try transfer(entries) { share, file, _ in
            try BundleFiles.read(share, from: file).withUnsafeBytes { bytes in
                share.slices(of: bytes).map { part in
                    var both = BothChecksums(crc32c: CRC32C(part))
                    both.crc32.update(part)
                    return both
                }
            }
        }
        for (entry, both) in zip(entries, checksums) {
            if entry.dtype == .string { _ = try bytes(of: entry) } else { try entry.check(both.crc32c) }
        }
        return checksums.map(\.crc32)
    }

    // MARK: - Reading

    /// Fills each entry's target, and holds it against its checksum unless that is not simply one of its bytes.
    private func read(_ entries: [BundleEntry], into targets: [UnsafeMutableRawBufferPointer]) throws {
        nonisolated(unsafe) let targets = targets
        let checksums = try transfer(entries) { share, file, items in
            if share.parts.count == 1 {
                let part = share.parts[0]
                let target = UnsafeMutableRawBufferPointer(rebasing: targets[items[part.item]][part.range])
                try BundleFiles.read(into: target, from: file, at: share.offset)
                return [CRC32C(UnsafeRawBufferPointer(target))]
            }
            // Many small tensors: one system call for all.
            return try BundleFiles.read(share, from: file).withUnsafeBytes { bytes in
                zip(share.parts, share.slices(of: bytes)).map { part, slice in
                    UnsafeMutableRawBufferPointer(rebasing: targets[items[part.item]][part.range]).copyMemory(
                        from: slice)
                    return CRC32C(slice)
                }
            }
        }
        for (entry, checksum) in zip(entries, checksums) where entry.dtype != .string { try entry.check(checksum) }
    }

    /// Goes through the bytes of entries, file by file, in shares; `items` are the numbers of the entries that the
    /// share's parts belong to. The joined checksums come in the order of the entries.
    private func transfer<Checksum: JoinableChecksum>(
        _ entries: [BundleEntry],
        _ body: @Sendable (_ share: TransferShare, _ file: any File, _ items: [Int]) throws -> [Checksum]
    ) throws -> [Checksum] {
        var checksums = Array(repeating: Checksum(), count: entries.count)
        for (shard, numbers) in Dictionary(grouping: entries.indices, by: { entries[$0].shard }) {
            guard let file = files[shard] else { continue }
            let items = numbers.sorted { entries[$0].offset < entries[$1].offset }
            let shares = TransferShare.cut(items.map { (entries[$0].offset, entries[$0].byteCount) })
            let joined = try pool.transfer(shares, items: items.count) { share in try body(share, file, items) }
            for (item, checksum) in zip(items, joined) { checksums[item] = checksum }
        }
        return checksums
    }

    private static func read(_ share: TransferShare, from file: any File) throws -> ByteRegion {
        try ByteRegion(uninitialized: share.byteCount) { buffer in
            try read(into: buffer, from: file, at: share.offset)
        }
    }

    private static func read(into target: UnsafeMutableRawBufferPointer, from file: any File, at offset: Int) throws {
        let count = try file.readAll(into: target, at: offset)
        guard count == target.count else {
            throw FormatError(.bundle, file.path, at: offset, .truncated(needed: target.count, available: count))
        }
    }
}
