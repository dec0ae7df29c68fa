import Formats
import Locking
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
            // A data file without bytes may be missing: it has nothing to say.
            if byteCount == 0, try fileSystem.status(path) == nil {
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

    func bytes(of entry: BundleEntry) throws -> ByteRegion {
        let region = try ByteRegion(uninitialized: entry.byteCount) { buffer in try read(entry, into: buffer) }
        if entry.dtype == .string {
            try region.withUnsafeBytes { (bytes) throws(FormatError) in try entry.verify(bytes) }
        }
        return region
    }

    func tensor(of entry: BundleEntry, spec: TensorSpec) throws -> Tensor {
        let tensor = try Tensor(uninitialized: spec)
        try read(entry, into: UnsafeMutableRawBufferPointer(start: tensor.buffer.pointer, count: spec.byteCount))
        try entry.checkValues(tensor)
        return tensor
    }

    /// Reads an entry's bytes in shares, each with its checksum while it is still in the cache.
    private func read(_ entry: BundleEntry, into target: UnsafeMutableRawBufferPointer) throws {
        guard !target.isEmpty, let file = files[entry.shard] else { return }
        let size = BundleFileWriter.shareByteCount
        let shares = (target.count + size - 1) / size
        let results = Lock<(checksums: [CRC32C], error: (any Error)?)>(
            (Array(repeating: CRC32C(), count: shares), nil))
        nonisolated(unsafe) let memory = target
        pool.forEach(shares: shares) { share in
            let range = share * size..<min(memory.count, (share + 1) * size)
            let part = UnsafeMutableRawBufferPointer(rebasing: memory[range])
            do {
                let count = try file.readAll(into: part, at: entry.offset + range.lowerBound)
                guard count == part.count else {
                    throw FormatError(
                        .bundle, file.path, at: entry.offset, .truncated(needed: part.count, available: count))
                }
                let checksum = CRC32C(UnsafeRawBufferPointer(part))
                results.withLock { $0.checksums[share] = checksum }
            } catch {
                results.withLock { $0.error = $0.error ?? error }
            }
        }
        let (checksums, error) = results.withLock { ($0.checksums, $0.error) }
        if let error { throw error }
        var whole = CRC32C()
        for (share, checksum) in checksums.enumerated() {
            whole = whole.followed(by: checksum, count: min(size, target.count - share * size))
        }
        if entry.dtype != .string { try entry.check(whole) }
    }
}
