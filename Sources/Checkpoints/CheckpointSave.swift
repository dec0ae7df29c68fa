import Formats
import TensorCore

/// The names of what a folder holds only while it changes.
enum TemporaryNames {
    static let prefix = ".tmp-"
    static let state = ".tmp-checkpoint"
    /// Uploads live on while other checkpoints change.
    static let uploadPrefix = ".upload-"

    static func of(_ name: String) -> String { prefix + name }

    /// Stays during a replacement, to tell that data files of the old number of shards may be left over.
    static func replacement(_ id: String) -> String { "\(prefix)\(id).old" }

    /// The names among these that a change of ours left. A folder may hold anything else, with whatever names.
    static func left(among names: [String]) -> [String] { names.filter { $0 == state || changedID($0) != nil } }

    /// The id whose change a temporary file belongs to; nil for one that belongs to none of ours.
    static func changedID(_ name: String) -> String? {
        guard name.hasPrefix(prefix) else { return nil }
        let name = String(name.dropFirst(prefix.count))
        let id = BundleFileNames.parseIndex(name) ?? BundleFileNames.parseData(name)?.prefix
        guard let id = id ?? (name.hasSuffix(".old") ? String(name.dropLast(4)) : nil) else { return nil }
        return CheckpointID.isValid(id) ? id : nil
    }

    static func isUpload(_ name: String) -> Bool {
        name.hasPrefix(uploadPrefix) && Int(name.dropFirst(uploadPrefix.count)) != nil
    }
}

/// One save: from nothing, or from the old checkpoint, to the new one.
struct CheckpointSave {
    private let id: String
    private let path: String
    private let fileSystem: any FileSystem
    private let pool: ComputePool
    /// Whether there are files of this id already.
    private let isReplacing: Bool
    /// The number of data files of the checkpoint that is replaced; nil when there is none that can be read.
    private let oldShardCount: Int?

    /// - Throws: `CheckpointError.alreadyExists`, also for data files without an index: they may be somebody's.
    init(id: String, in directory: CheckpointDirectory, replacing: Bool) throws {
        self.id = id
        path = directory.path
        fileSystem = directory.fileSystem
        pool = directory.pool
        let indexPath = "\(path)/\(BundleFileNames.index(id))"
        let names = try fileSystem.list(path)
        let hasIndex = names.contains(BundleFileNames.index(id))
        isReplacing = hasIndex || names.contains { BundleFileNames.parseData($0)?.prefix == id }
        guard replacing || !isReplacing else { throw CheckpointError.alreadyExists(id: id) }
        oldShardCount = hasIndex ? try BundleIndex(ifWhole: indexPath, fileSystem)?.shardCount : nil
    }

    /// One data file, or two (the second empty) where the old checkpoint has one.
    private var shardCount: Int { oldShardCount == 1 ? 2 : 1 }

    /// - Parameters:
    ///   - stateFile: what the state file is to say afterwards; nil where it stays.
    ///   - before: what it says now; nil where there is none.
    /// - Returns: bytes of the index file.
    func run(_ plan: BundlePlan, stateFile: CheckpointState?, before: CheckpointState?) throws -> Int {
        let indexByteCount: Int
        do {
            indexByteCount = try prepare(plan, stateFile)
        } catch {
            // Nothing has changed but temporary names.
            clearUp()
            throw error
        }
        var isStateNew = false
        do {
            try publish(hasStateFile: stateFile != nil, &isStateNew)
        } catch {
            if isReplacing {
                // Whatever is there is whole, though perhaps not durable; recovery makes sure of that before it removes any
                // leftovers.
                try? CheckpointRecovery(path: path, fileSystem: fileSystem).run()
            } else {
                // Who is told that it failed must not find it there, if that can be helped.
                try? CheckpointRemoval(id: id, path: path, fileSystem: fileSystem)
                    .run(isStateNew ? .after(before) : .unchanged)
            }
            throw error
        }
        return indexByteCount
    }

    /// Writes everything under temporary names and makes it durable: whatever needs room on the disk happens here.
    private func prepare(_ plan: BundlePlan, _ stateFile: CheckpointState?) throws -> Int {
        if isReplacing { try write([], to: TemporaryNames.replacement(id)) }
        let data = try fileSystem.open(file(TemporaryNames.of(dataName(0))), .create)
        let checksums = try BundleFileWriter(plan: plan, file: data, pool: pool).write()
        try data.synchronize()
        try data.close()
        for shard in 1..<shardCount { try write([], to: TemporaryNames.of(dataName(shard))) }
        let index = plan.index(checksums: checksums, shardCount: shardCount)
        try write(index, to: TemporaryNames.of(BundleFileNames.index(id)))
        if let stateFile { try write(Array(stateFile.text.utf8), to: TemporaryNames.state) }
        try fileSystem.synchronizeDirectory(path)
        return index.count
    }

    /// Gives the files their names. A crash between two steps leaves the old checkpoint, or the new one.
    private func publish(hasStateFile: Bool, _ isStateNew: inout Bool) throws {
        for shard in 0..<shardCount { try rename(TemporaryNames.of(dataName(shard)), to: dataName(shard)) }
        try fileSystem.synchronizeDirectory(path)
        let index = BundleFileNames.index(id)
        try rename(TemporaryNames.of(index), to: index)
        if hasStateFile {
            try rename(TemporaryNames.state, to: "checkpoint")
            isStateNew = true
        }
        try fileSystem.synchronizeDirectory(path)
        if isReplacing { try CheckpointRecovery(path: path, fileSystem: fileSystem).run() }
    }

    // MARK: - Helpers

    private func dataName(_ shard: Int) -> String { BundleFileNames.data(id, shard: shard, of: shardCount) }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    private func rename(_ name: String, to newName: String) throws(FileError) {
        try fileSystem.rename(file(name), to: file(newName))
    }

    private func write(_ bytes: [UInt8], to name: String) throws { try fileSystem.write(bytes, to: file(name)) }

    private func clearUp() {
        for name in TemporaryNames.left(among: (try? fileSystem.list(path)) ?? []) {
            try? fileSystem.remove(file(name))
        }
    }
}
