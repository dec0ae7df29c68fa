import Dispatch
import Glibc
import HTTP

/// Sends a part of a file; its reads wait on a thread of their own, never on a loop.
enum FileProducer {
    /// Opens the file, so that one that is not there is known before the head of an answer promises it.
    static func stream(of slice: FileSlice) throws(SocketError) -> BodyStream {
        let file = try OpenFile(slice.path)
        return BodyStream(count: slice.count) { writer in
            var offset = slice.offset
            let end = slice.offset + slice.count
            while offset < end {
                let piece = try await file.read(at: offset, count: min(pieceBytes, end - offset))
                // The file has become shorter than it was when the head was sent.
                guard !piece.isEmpty else { throw SocketError("read of '\(slice.path)'", EIO) }
                try await writer.write(piece)
                offset += piece.count
            }
        }
    }

    private static let pieceBytes = 262_144
}

/// A file that is open for reading, closed when it is let go.
private final class OpenFile: Sendable {
    private let descriptor: Int32
    private static let queue = DispatchQueue(label: "strata.files")

    init(_ path: String) throws(SocketError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SocketError("open of '\(path)'", errno) }
    }

    deinit {
        close(descriptor)
    }

    func read(at offset: Int, count: Int) async throws -> HTTPBody {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.async { [self] in
                continuation.resume(with: Result { try readNow(at: offset, count: count) })
            }
        }
    }

    private func readNow(at offset: Int, count: Int) throws -> HTTPBody {
        var result: Int = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            repeat {
                result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
            } while result < 0 && errno == EINTR
            initialized = max(result, 0)
        }
        guard result >= 0 else { throw SocketError("read of a file", errno) }
        return HTTPBody(bytes)
    }
}
