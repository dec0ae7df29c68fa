import Checkpoints
import Formats
import Glibc
import Locking

/// The machine's files, of which one operation goes wrong on demand. Nothing is made durable: what is tested is not
/// what a power loss leaves, but what a process does that fails, or ends, half-way.
final class FaultyFiles: FileSystem {
    /// What goes wrong, and when; operations are counted from one.
    enum Fault: Sendable {
        case none
        /// The process ends before this operation: it and all that follow do nothing.
        case end(at: Int)
        /// This operation fails with this code.
        case error(Int32, at: Int)
        /// It and every later one that needs room fails.
        case full(Int32, from: Int)
    }

    private struct State {
        var fault = Fault.none
        var operations = 0
    }

    private let state = Lock(State())
    private let real = LocalFileSystem()

    /// How many operations there were since the fault was set.
    var operations: Int { state.withLock { $0.operations } }

    func set(_ fault: Fault) { state.withLock { $0 = State(fault: fault) } }

    fileprivate func meet(
        _ operation: FileError.Operation, _ path: String, needsRoom: Bool = false
    ) throws(FileError) {
        try state.withLock { state throws(FileError) in
            state.operations += 1
            switch state.fault {
            case .end(let at) where state.operations >= at: throw FileError(operation, path, code: ECANCELED)
            case .error(let code, let at) where state.operations == at: throw FileError(operation, path, code: code)
            case .full(let code, let from) where needsRoom && state.operations >= from:
                throw FileError(operation, path, code: code)
            default: break
            }
        }
    }

    // MARK: - FileSystem

    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File {
        try meet(.open, path, needsRoom: access == .create)
        return FaultyFile(try real.open(path, access), of: self)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try meet(.rename, path)
        try real.rename(path, to: newPath)
    }

    func remove(_ path: String) throws(FileError) {
        try meet(.remove, path)
        try real.remove(path)
    }

    func list(_ directory: String) throws(FileError) -> [String] {
        try meet(.list, directory)
        return try real.list(directory)
    }

    func makeDirectory(_ path: String) throws(FileError) {
        // One that is there needs no room.
        try meet(.makeDirectory, path, needsRoom: try real.status(path) == nil)
        try real.makeDirectory(path)
    }

    func status(_ path: String) throws(FileError) -> FileStatus? {
        try meet(.status, path)
        return try real.status(path)
    }

    func synchronizeDirectory(_ path: String) throws(FileError) { try meet(.synchronize, path) }
}

private final class FaultyFile: File {
    private let real: any File
    private let files: FaultyFiles

    init(_ real: any File, of files: FaultyFiles) {
        self.real = real
        self.files = files
    }

    var path: String { real.path }

    func byteCount() throws(FileError) -> Int {
        try files.meet(.status, path)
        return try real.byteCount()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        try files.meet(.read, path)
        return try real.read(into: buffer, at: offset)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        do throws(FileError) {
            try files.meet(.write, path, needsRoom: true)
        } catch {
            // It may have got half-way.
            _ = try real.write(UnsafeRawBufferPointer(rebasing: bytes.prefix((bytes.count + 1) / 2)), at: offset)
            throw error
        }
        return try real.write(bytes, at: offset)
    }

    func synchronize() throws(FileError) { try files.meet(.synchronize, path) }
    func startWriting(_ range: Range<Int>) {}
    func map() throws(FileError) -> ByteRegion { try real.map() }

    func close() throws(FileError) {
        // As the system does: the file is closed even where that fails.
        defer { try? real.close() }
        try files.meet(.close, path)
    }
}
