import CLinux
import Glibc

/// What became of an attempt to move bytes.
enum TransferResult: Equatable {
    case moved(Int)
    /// Nothing can be moved now; the readiness to wait for is the obvious one unless `wantsOpposite`.
    case wouldBlock
    /// The other side has stopped sending.
    case ended
    case failed
}

/// Moves a connection's bytes: plain, or through TLS. Only on the connection's loop.
protocol Transport: AnyObject {
    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult
    func write(_ bytes: UnsafeRawBufferPointer) -> TransferResult
    /// Writes as much of several runs as goes, in order.
    func write(_ runs: UnsafeBufferPointer<iovec>) -> TransferResult
    /// Whether bytes wait inside the transport that no readiness of the socket will announce.
    var hasBufferedInput: Bool { get }
    /// Whether reading waits for the socket to take bytes.
    var readWantsWritable: Bool { get }
    /// Says that no more will be written.
    func finishWriting()
    /// Reads and forgets; past `finishWriting`.
    func discard(_ buffer: UnsafeMutableRawBufferPointer) -> TransferResult
}

/// A socket as it is.
final class PlainTransport: Transport {
    private let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .moved(count) }
            if count == 0 { return .ended }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> TransferResult {
        while true {
            let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .moved(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed
        }
    }

    func write(_ runs: UnsafeBufferPointer<iovec>) -> TransferResult {
        var message = msghdr()
        message.msg_iov = UnsafeMutablePointer(mutating: runs.baseAddress)
        message.msg_iovlen = runs.count
        while true {
            let count = sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .moved(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed
        }
    }

    var hasBufferedInput: Bool { false }
    var readWantsWritable: Bool { false }

    func finishWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func discard(_ buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        read(into: buffer)
    }
}
