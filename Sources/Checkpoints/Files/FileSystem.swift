import Formats

/// The few operations on files that checkpoints need, so that tests can put failing, torn and crashing ones in their place.
public protocol FileSystem: Sendable {
    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File

    /// Puts a file under another name, replacing what had it, in one step.
    func rename(_ path: String, to newPath: String) throws(FileError)
    func remove(_ path: String) throws(FileError)

    /// The names in a folder, in no particular order, without `.` and `..`.
    func list(_ directory: String) throws(FileError) -> [String]

    /// Makes a folder and those above it, where they are missing.
    func makeDirectory(_ path: String) throws(FileError)

    /// Nil when there is no such file.
    func status(_ path: String) throws(FileError) -> FileStatus?

    /// Returns once all names that were made, changed and removed in a folder are durable.
    func synchronizeDirectory(_ path: String) throws(FileError)
}

public enum FileAccess: Sendable {
    case read
    /// A new file, or an old one emptied, for writing.
    case create
}

public struct FileStatus: Hashable, Sendable {
    public var byteCount: Int
    /// Seconds since 1970.
    public var modified: Double
    /// Another file under the same name has another number.
    public var identity: UInt64
    public var isDirectory = false

    public init(byteCount: Int, modified: Double, identity: UInt64, isDirectory: Bool = false) {
        self.byteCount = byteCount
        self.modified = modified
        self.identity = identity
        self.isDirectory = isDirectory
    }
}

/// An open file. Operations may stop short or be interrupted, as the system's do; ``writeAll(_:at:)`` and
/// ``readAll(into:at:)`` see them through.
public protocol File: AnyObject, Sendable {
    var path: String { get }
    func byteCount() throws(FileError) -> Int

    /// Returns how many bytes were read: fewer than asked for at the end, zero beyond it.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int

    /// Returns how many bytes were written, at least one.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) -> Int

    /// Returns once all that was written is durable.
    func synchronize() throws(FileError)

    /// Lets the system begin with what ``synchronize()`` will wait for.
    func startWriting(_ range: Range<Int>)

    /// The file's bytes as memory. Whoever shortens the file takes them away, so this is for files that nobody changes.
    func map() throws(FileError) -> ByteRegion

    /// Closes the file now; without this it is closed when nobody holds it any more.
    func close() throws(FileError)
}

extension File {
    /// Writes all of `bytes`, however many steps that takes.
    public func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            done += try untilNotInterrupted { () throws(FileError) in
                try write(UnsafeRawBufferPointer(rebasing: bytes[done...]), at: offset + done)
            }
        }
    }

    /// Fills `buffer`; returns how many bytes there were, fewer only at the file's end.
    public func readAll(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = try untilNotInterrupted { () throws(FileError) in
                try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]), at: offset + done)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }
}
