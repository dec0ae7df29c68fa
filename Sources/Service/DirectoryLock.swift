import Glibc

/// Holds a data directory for one process at a time, for as long as this lives.
///
/// The lock goes with the process, however it ends; the file only tells who holds it.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `ServiceError.directoryInUse` naming the process that holds the directory; `.storage` when the lock
    ///   file cannot be made.
    init(_ directory: String) throws(ServiceError) {
        let path = directory + "/LOCK"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .storage("cannot open \(path): \(String(cString: strerror(errno)))", isFull: errno == ENOSPC)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = DirectoryLock.text(of: descriptor)
            close(descriptor)
            throw .directoryInUse(path: directory, holder: holder.isEmpty ? "another process" : "process \(holder)")
        }
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = text.utf8.withContiguousStorageIfAvailable { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit {
        // Closing alone would not do while a child that another thread is about to start still has the descriptor.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func text(of descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)).prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self)
    }
}
