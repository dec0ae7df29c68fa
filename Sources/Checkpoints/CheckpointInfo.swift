import Formats
import Glibc

/// What is known of one checkpoint without reading its tensors.
public struct CheckpointInfo: Hashable, Sendable {
    public let id: String
    /// Of all its files.
    public let byteCount: Int
    public let tensorCount: Int
    /// Seconds since 1970.
    public let savedAt: Double
}

/// Checkpoints that were found whole, so that listing a folder again looks at their files but does not read them.
struct KnownCheckpoints: Sendable {
    struct Checked: Sendable {
        let info: CheckpointInfo
        /// The files as they were then.
        let indexStatus: FileStatus
        let dataFiles: [(name: String, byteCount: Int)]

        /// Its files as they are now.
        func statuses(in directory: String, _ fileSystem: any FileSystem) throws -> [FileStatus?] {
            try ([BundleFileNames.index(info.id)] + dataFiles.map(\.name)).map {
                try fileSystem.status("\(directory)/\($0)")
            }
        }
    }

    private var checked: [String: Checked] = [:]

    mutating func note(_ checkpoint: Checked) { checked[checkpoint.info.id] = checkpoint }

    mutating func keep(only ids: [String]) {
        let ids = Set(ids)
        checked = checked.filter { ids.contains($0.key) }
    }

    /// Looks at the files of a checkpoint; nil when some are missing, cut short, or damaged as far as the index shows.
    func check(_ id: String, in directory: String, _ fileSystem: any FileSystem) throws -> Checked? {
        let indexPath = "\(directory)/\(BundleFileNames.index(id))"
        guard let indexStatus = try fileSystem.status(indexPath), !indexStatus.isDirectory else { return nil }
        let known = checked[id]
        let found: Checked
        if let known, known.indexStatus == indexStatus {
            found = known
        } else {
            guard let index = try BundleIndex(ifWhole: indexPath, fileSystem) else { return nil }
            found = try Checked(id, index, indexStatus)
        }
        for (name, byteCount) in found.dataFiles {
            let status = try fileSystem.status("\(directory)/\(name)")
            guard status?.byteCount ?? 0 == byteCount else { return nil }
        }
        return found
    }
}

extension KnownCheckpoints.Checked {
    fileprivate init(_ id: String, _ index: BundleIndex, _ indexStatus: FileStatus) throws {
        let byteCounts = try index.shardByteCounts()
        self.indexStatus = indexStatus
        dataFiles = byteCounts.enumerated().map { shard, byteCount in
            (BundleFileNames.data(id, shard: shard, of: index.shardCount), byteCount)
        }
        info = CheckpointInfo(
            id: id, byteCount: byteCounts.reduce(indexStatus.byteCount, +), tensorCount: index.entries.count,
            savedAt: indexStatus.modified)
    }
}

extension BundleIndex {
    /// Reads an index file; nil when it is missing or damaged. That it cannot be read is another matter, and thrown: who
    /// took that for "there is none" would go on from an older checkpoint.
    init?(ifWhole path: String, _ fileSystem: any FileSystem) throws {
        do {
            self = try BundleIndex(reading: path, fileSystem)
        } catch is FormatError {
            return nil
        } catch let error as FileError where error.code == ENOENT {
            return nil
        }
    }

    /// Reads an index file.
    init(reading path: String, _ fileSystem: any FileSystem, limits: Limits = Limits()) throws {
        let bytes = try fileSystem.contents(path, bytesMax: limits.bytesMax)
        self = try bytes.withUnsafeBytes { try BundleIndex(parsing: $0, limits: limits) }
    }
}
