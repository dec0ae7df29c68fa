import COpenSSL
import Glibc

/// Moves a connection's bytes through TLS.
final class TLSTransport: Transport, @unchecked Sendable {
    // Sendable because it is used by one thread at a time: the connection's loop, and during its
    // handshake the handshake queue, while the loop keeps its hands off.
    private let session: OpaquePointer
    private let context: TLSContext
    private let descriptor: Int32
    private(set) var readWantsWritable = false
    private var hasFailed = false

    init?(_ descriptor: Int32, _ context: TLSContext) {
        guard let session = context.makeSession(descriptor) else { return nil }
        self.session = session
        self.context = context
        self.descriptor = descriptor
    }

    deinit {
        SSL_free(session)
    }

    /// How far a handshake has come.
    enum HandshakeStep {
        case done, wantsReadable, wantsWritable
        case failed
        /// The client speaks HTTP without TLS.
        case plainHTTP
    }

    /// One step; it may cost a millisecond of arithmetic.
    func handshake() -> HandshakeStep {
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        guard result != 1 else { return .done }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wantsReadable
        case SSL_ERROR_WANT_WRITE: return .wantsWritable
        default:
            hasFailed = true
            return copenssl_is_http_request(ERR_peek_error()) == 1 ? .plainHTTP : .failed
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        ERR_clear_error()
        readWantsWritable = false
        let count = SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        guard count <= 0 else { return .moved(Int(count)) }
        return result(of: count, isRead: true)
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> TransferResult {
        ERR_clear_error()
        let count = SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count))
        guard count <= 0 else { return .moved(Int(count)) }
        return result(of: count, isRead: false)
    }

    func write(_ runs: UnsafeBufferPointer<iovec>) -> TransferResult {
        var moved = 0
        for run in runs {
            switch write(UnsafeRawBufferPointer(start: run.iov_base, count: run.iov_len)) {
            case .moved(let count):
                moved += count
                if count < run.iov_len { return .moved(moved) }
            case let other:
                return moved > 0 ? .moved(moved) : other
            }
        }
        return .moved(moved)
    }

    var hasBufferedInput: Bool { SSL_has_pending(session) == 1 }

    /// Says goodbye within TLS, so that the client can tell the end from a cut, and then on the socket.
    func finishWriting() {
        ERR_clear_error()
        if !hasFailed { _ = SSL_shutdown(session) }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// What the client still sends is of no interest, so it is not decrypted.
    func discard(_ buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        PlainTransport(descriptor).read(into: buffer)
    }

    /// The subject of the client's certificate, which has been verified, in RFC 2253 form.
    var clientSubject: String? {
        guard let certificate = SSL_get1_peer_certificate(session) else { return nil }
        defer { X509_free(certificate) }
        guard SSL_get_verify_result(session) == X509_V_OK, let output = copenssl_memory_bio() else { return nil }
        defer { BIO_free(output) }
        _ = copenssl_print_name(output, X509_get_subject_name(certificate))
        var bytes: UnsafeMutablePointer<CChar>?
        let count = copenssl_bio_bytes(output, &bytes)
        guard let bytes, count > 0 else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    private func result(of count: Int32, isRead: Bool) -> TransferResult {
        switch SSL_get_error(session, count) {
        case SSL_ERROR_WANT_READ: return .wouldBlock
        case SSL_ERROR_WANT_WRITE:
            readWantsWritable = isRead
            return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            hasFailed = true
            return .failed
        }
    }
}
