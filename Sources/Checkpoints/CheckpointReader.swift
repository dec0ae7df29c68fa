import Formats
import TensorCore

/// How the tensors of a checkpoint come into memory.
public enum CheckpointAccess: Sendable {
    /// Read into memory of their own: nothing that happens to the files later reaches them.
    case read
    /// As views of the mapped files, where they are aligned there: without a copy, and read from the disk only when they
    /// are looked at. For files that nobody changes while this goes on: whoever cuts one short ends the process.
    case mapped
}

/// One checkpoint, open for reading. It stays whole while this lives, even if it is removed meanwhile.
public struct CheckpointReader: Sendable {
    public let id: String
    public let index: BundleIndex
    /// Seconds since 1970.
    public let savedAt: Double
    let indexBytes: ByteRegion
    let files: BundleFiles
    private let bundle: BundleReader

    init(
        id: String, in path: String, _ access: CheckpointAccess, fileSystem: any FileSystem, pool: ComputePool
    ) throws {
        self.id = id
        let indexPath = "\(path)/\(BundleFileNames.index(id))"
        guard let status = try fileSystem.status(indexPath) else { throw CheckpointError.notFound(id: id) }
        savedAt = status.modified
        let indexBytes = ByteRegion(
            copying: try fileSystem.contents(indexPath, bytesMax: BundleIndex.Limits().bytesMax))
        self.indexBytes = indexBytes
        index = try indexBytes.withUnsafeBytes { (bytes) throws(FormatError) in try BundleIndex(parsing: bytes) }
        files = try BundleFiles(prefix: id, in: path, index: index, fileSystem: fileSystem, pool: pool)
        bundle =
            switch access {
            case .read: BundleReader(index: index, shards: files)
            case .mapped: try BundleReader(index: indexBytes, shards: files.map())
            }
    }

    /// All names, in order of their bytes.
    public var names: [String] { index.entries.map(\.name) }

    /// Changes whenever the contents do: the checksum of the index, which holds those of all tensors.
    public var identity: String {
        let checksum = String(indexBytes.withUnsafeBytes { CRC32C($0) }.value, radix: 16)
        return "\(checksum)-\(String(indexBytes.count, radix: 16))"
    }

    /// What the index says of a tensor; nil when there is none of that name, or one that no tensor here can hold.
    public func spec(_ name: String) -> TensorSpec? { index[name].flatMap { try? $0.spec() } }

    /// The tensor called `name`, held against its checksum.
    public func tensor(_ name: String) throws -> Tensor { try bundle.tensor(name) }

    /// The tensors called `names`, read side by side.
    public func tensors(_ names: [String]) throws -> [Tensor] { try bundle.tensors(names) }

    /// Strings and complex numbers, as they lie in the file.
    public func bytes(_ name: String) throws -> ByteRegion { try bundle.bytes(name) }
    public func strings(_ name: String) throws -> [[UInt8]] { try bundle.strings(name) }

    /// Reads everything and holds it against its checksums.
    public func verify() throws { _ = try verification() }
}
