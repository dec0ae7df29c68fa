import Glibc
import Layers

/// Where a checkpoint is: a folder and the beginning of its files' names, as TensorFlow writes both in one path.
struct CheckpointPath {
    let directory: String
    let id: String

    /// - Parameter prefix: such as `/tmp/run/model.ckpt-10`; without a slash it lies in the present folder.
    init(_ prefix: String) {
        if let slash = prefix.lastIndex(of: "/") {
            directory = slash == prefix.startIndex ? "/" : String(prefix[..<slash])
            id = String(prefix[prefix.index(after: slash)...])
        } else {
            directory = "."
            id = prefix
        }
    }

    /// Opens the checkpoint for reading.
    ///
    /// - Throws: NotFoundError, "Failed to find any matching files for …" (N-158).
    func open() throws -> CheckpointReader {
        let files = LocalFileSystem()
        guard CheckpointID.isValid(id), try files.status("\(directory)/\(id).index") != nil else {
            throw LayerError(.notFound, "Failed to find any matching files for \(directory)/\(id)")
        }
        return try CheckpointDirectory(directory).open(id)
    }
}
