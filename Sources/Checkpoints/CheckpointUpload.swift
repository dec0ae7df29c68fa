import Formats
import Locking
import TensorCore

/// A checkpoint that arrives from outside, piece by piece, into a file of its own. It counts only once all of it has come and
/// has been held against whatever checksums its form has.
public final class CheckpointUpload: Sendable {
    private let directory: CheckpointDirectory
    private let path: String
    private let file: any File
    private let byteCountMax: Int
    private let byteCount = Lock(0)

    init(in directory: CheckpointDirectory, path: String, byteCountMax: Int) throws {
        self.directory = directory
        self.path = path
        self.byteCountMax = byteCountMax
        file = try directory.fileSystem.open(path, .create)
    }

    deinit { try? directory.fileSystem.remove(path) }

    /// Takes the next bytes. One caller at a time.
    ///
    /// - Throws: `CheckpointError.tooLarge`, or `FileError`, for a full disk among others. The upload is then of no more use.
    public func append(_ bytes: UnsafeRawBufferPointer) throws {
        let start = byteCount.withLock { $0 }
        guard bytes.count <= byteCountMax - start else { throw CheckpointError.tooLarge(byteCountMax: byteCountMax) }
        try file.writeAll(bytes, at: start)
        byteCount.withLock { $0 = start + bytes.count }
    }

    /// Checks what has come and saves it as a checkpoint; it is durable when this returns.
    ///
    /// - Throws: `FormatError` or `JSONError` when it is not what it should be, and what `CheckpointDirectory.save` throws.
    @discardableResult
    public func finish(
        as id: String, _ form: CheckpointForm, replacing: Bool = false
    ) throws -> CheckpointInfo {
        guard CheckpointID.isValid(id) else { throw CheckpointError.invalidID(id) }
        return try directory.save(id, try items(form), replacing: replacing, isForeign: true)
    }

    /// Everything in the file. It is ours alone, so that it can be mapped without fear that somebody cuts it short.
    private func items(_ form: CheckpointForm) throws -> [BundleItem] {
        let contents = try file.map()
        switch form {
        case .tar: return try BundleArchive.reader(contents).items()
        case .safetensors: return try SafetensorsReader(contents).tensors().items
        case .npz:
            var limits = NPZ.Limits()
            // Arrays are inflated, or copied for being odd, into memory.
            limits.bytesMax = min(byteCountMax, System.memoryByteCount / 4)
            return try NPZ.read(contents, limits: limits).items
        }
    }
}

extension NamedTensors {
    /// Each tensor as something to save.
    var items: [BundleItem] { pairs.map { BundleItem($0.name, $0.tensor) } }
}
