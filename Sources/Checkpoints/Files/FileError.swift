import Glibc
import TensorCore

/// A file operation that the system refused: which one, on what, and the system's own reason.
public struct FileError: Error, Hashable, Sendable {
    public enum Operation: String, Sendable {
        case open, read, write, close, rename, remove, list, map
        case synchronize = "synchronize"
        case makeDirectory = "make the directory"
        case status = "look at"
    }

    public let operation: Operation
    public let path: String
    /// `errno`
    public let code: Int32

    public init(_ operation: Operation, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// Whether there was no room: on the disk, in the user's quota, or under the limit of a file's size.
    public var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}

extension FileError: ReferenceError {
    public var kind: ErrorKind {
        if isOutOfSpace { return .resourceExhausted }
        return code == ENOENT ? .notFound : .runtime
    }

    public var description: String {
        "cannot \(operation.rawValue) \(path): \(reason)"
    }

    private var reason: String {
        switch code {
        case ENOSPC: "the disk is full"
        case EDQUOT: "the disk quota is used up"
        case EFBIG: "the file would grow beyond its size limit"
        case EROFS: "the file system is read-only"
        case EACCES, EPERM: "permission denied"
        case ENOENT: "it does not exist"
        case EIO: "the disk reported an error"
        default: String(cString: strerror(code))
        }
    }
}
