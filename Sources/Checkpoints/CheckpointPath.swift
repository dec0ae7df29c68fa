import Formats
import Layers
import TensorCore

/// Where a checkpoint is: a folder and the beginning of its files' names, as TensorFlow writes both in one path.
///
/// Reading through it changes nothing in the folder, which may be read-only, or another program's.
struct CheckpointPath {
    let prefix: String
    let directory: String
    let id: String

    /// - Parameter prefix: such as `/tmp/run/model.ckpt-10`; without a slash it lies in the present folder.
    init(_ prefix: String) {
        self.prefix = prefix
        if let slash = prefix.lastIndex(of: "/") {
            directory = slash == prefix.startIndex ? "/" : String(prefix[..<slash])
            id = String(prefix[prefix.index(after: slash)...])
        } else {
            directory = "."
            id = prefix
        }
    }

    /// Whether there is such a checkpoint.
    var exists: Bool {
        get throws { try !id.isEmpty && LocalFileSystem().status("\(directory)/\(id).index") != nil }
    }

    /// Opens the checkpoint for reading.
    ///
    /// - Throws: NotFoundError, "Failed to find any matching files for …" (N-158).
    func open() throws -> CheckpointReader {
        guard try exists else { throw LayerError(.notFound, "Failed to find any matching files for \(prefix)") }
        return try CheckpointReader(id: id, in: directory, .read, fileSystem: LocalFileSystem(), pool: .shared)
    }
}

/// The prefix of the newest checkpoint in a folder, as the folder's state file has it; nil when there is none.
///
/// - Source: tf.train.latest_checkpoint.
public func latestCheckpoint(_ directory: String) throws -> String? {
    let files = LocalFileSystem()
    let path = "\(directory)/checkpoint"
    guard try files.status(path) != nil else { return nil }
    let bytes = try files.contents(path, bytesMax: CheckpointState.bytesMax)
    // A state file that makes no sense tells of no checkpoint.
    guard let state = try? bytes.withUnsafeBytes({ try CheckpointState(parsing: $0) }) else { return nil }
    let prefix = state.latest.hasPrefix("/") ? state.latest : "\(directory)/\(state.latest)"
    return try CheckpointPath(prefix).exists ? prefix : nil
}

/// The names and shapes of all tensors in a checkpoint, in order of their names.
///
/// - Parameter path: a prefix, or a folder for its newest checkpoint.
/// - Throws: NotFoundError for a prefix without a checkpoint, ValueError for a folder without one.
/// - Source: tf.contrib.framework.list_variables.
public func listVariables(_ path: String) throws -> [(name: String, shape: [Int])] {
    try openCheckpoint(path).index.entries.map { ($0.name, $0.shape) }
}

/// One tensor of a checkpoint.
///
/// - Throws: as ``listVariables(_:)``, and NotFoundError for a name that is not in it.
/// - Source: tf.contrib.framework.load_variable.
public func loadVariable(_ path: String, _ name: String) throws -> Tensor {
    let reader = try openCheckpoint(path)
    guard reader.index[name] != nil else { throw LayerError(.notFound, "Key \(name) not found in checkpoint") }
    return try reader.tensor(name)
}

private func openCheckpoint(_ path: String) throws -> CheckpointReader {
    guard try LocalFileSystem().status(path)?.isDirectory == true else { return try CheckpointPath(path).open() }
    guard let latest = try latestCheckpoint(path) else {
        throw LayerError(.value, "Couldn't find 'checkpoint' file or checkpoints in given directory \(path)")
    }
    return try CheckpointPath(latest).open()
}
