import CLinux
import Formats
import Glibc

/// The machine's own files.
public struct LocalFileSystem: FileSystem {
    public init() {}

    public func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File {
        let flags =
            switch access {
            case .read: O_RDONLY
            case .create: O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW
            }
        let descriptor = try untilNotInterrupted { () throws(FileError) in
            try checked(Glibc.open(path, flags | O_CLOEXEC, 0o644), .open, path)
        }
        return LocalFile(descriptor, path: path)
    }

    public func rename(_ path: String, to newPath: String) throws(FileError) {
        _ = try checked(Glibc.rename(path, newPath), .rename, path)
    }

    public func remove(_ path: String) throws(FileError) { _ = try checked(unlink(path), .remove, path) }

    public func list(_ directory: String) throws(FileError) -> [String] {
        guard let folder = opendir(directory) else { throw FileError(.list, directory, code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw FileError(.list, directory, code: errno) }
        return names
    }

    public func makeDirectory(_ path: String) throws(FileError) {
        if mkdir(path, 0o755) == 0 {
            if let parent = parent(of: path) { try synchronizeDirectory(parent) }
            return
        }
        let code = errno
        if code == ENOENT, let parent = parent(of: path) {
            try makeDirectory(parent)
            return try makeDirectory(path)
        }
        guard code == EEXIST, try status(path)?.isDirectory == true else {
            throw FileError(.makeDirectory, path, code: code)
        }
    }

    public func status(_ path: String) throws(FileError) -> FileStatus? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError(.status, path, code: errno)
        }
        return FileStatus(
            byteCount: Int(status.st_size),
            modified: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9,
            identity: UInt64(status.st_ino),
            isDirectory: status.st_mode & S_IFMT == S_IFDIR)
    }

    public func synchronizeDirectory(_ path: String) throws(FileError) {
        let descriptor = try untilNotInterrupted { () throws(FileError) in
            try checked(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .open, path)
        }
        defer { Glibc.close(descriptor) }
        do throws(FileError) {
            _ = try untilNotInterrupted { () throws(FileError) in
                try checked(fsync(descriptor), .synchronize, path)
            }
        } catch  where error.code == EINVAL {
            // Some network file systems do not know this for folders: their names are durable by themselves.
        }
    }

    private func parent(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/") else { return path.isEmpty ? nil : "." }
        return slash == path.startIndex ? nil : String(path[..<slash])
    }
}

/// An open file descriptor.
final class LocalFile: File {
    let path: String
    // Sendable because it changes only in `close`, which its owner calls last.
    private nonisolated(unsafe) var descriptor: Int32

    init(_ descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    func byteCount() throws(FileError) -> Int {
        var status = stat()
        _ = try checked(fstat(descriptor, &status), .status, path)
        return Int(status.st_size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        try checked(pread(descriptor, buffer.baseAddress, buffer.count, offset), .read, path)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        try checked(pwrite(descriptor, bytes.baseAddress, bytes.count, offset), .write, path)
    }

    func synchronize() throws(FileError) {
        _ = try untilNotInterrupted { () throws(FileError) in
            try checked(fsync(descriptor), .synchronize, path)
        }
    }

    func startWriting(_ range: Range<Int>) {
        cl_start_writeback(descriptor, Int64(range.lowerBound), Int64(range.count))
    }

    func map() throws(FileError) -> ByteRegion {
        let count = try byteCount()
        guard count > 0 else { return ByteRegion(copying: []) }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
            address != UnsafeMutableRawPointer(bitPattern: -1)
        else {
            throw FileError(.map, path, code: errno)
        }
        let mapping = Mapping(address, count)
        return ByteRegion(UnsafeRawBufferPointer(start: address, count: count), owner: mapping)
    }

    func close() throws(FileError) {
        let closing = descriptor
        descriptor = -1
        // Linux has closed it even when it reports an interruption.
        if closing >= 0, Glibc.close(closing) != 0, errno != EINTR { throw FileError(.close, path, code: errno) }
    }
}

private final class Mapping {
    private let address: UnsafeMutableRawPointer
    private let count: Int

    init(_ address: UnsafeMutableRawPointer, _ count: Int) {
        self.address = address
        self.count = count
    }

    deinit { munmap(address, count) }
}

/// The result of a system call, or its reason.
private func checked<Number: SignedInteger>(
    _ result: Number, _ operation: FileError.Operation, _ path: String
) throws(FileError) -> Number {
    if result < 0 { throw FileError(operation, path, code: errno) }
    return result
}
