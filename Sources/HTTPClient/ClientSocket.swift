import COpenSSL
import Glibc

/// A blocking socket, plain or under TLS, whose every wait has an end.
final class ClientSocket {
    private let descriptor: Int32
    private let address: ServerAddress
    private var context: OpaquePointer?
    private var session: OpaquePointer?

    init(_ address: ServerAddress, timeoutSeconds: Double, tls: ClientTLS) throws(ClientError) {
        // A server that leaves while it is written to would otherwise end the process.
        signal(SIGPIPE, SIG_IGN)
        self.address = address
        descriptor = try ClientSocket.connect(address, timeoutSeconds)
        guard address.isSecure else { return }
        do {
            try secure(tls)
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    private var isOpen = true
    func close() {
        guard isOpen else { return }
        isOpen = false
        if let session { SSL_free(session) }
        if let context { SSL_CTX_free(context) }
        Glibc.close(descriptor)
    }

    func write(_ bytes: [UInt8]) throws(ClientError) {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                let rest = UnsafeRawBufferPointer(rebasing: all[start...])
                return if let session {
                    Int(SSL_write(session, rest.baseAddress, Int32(clamping: rest.count)))
                } else {
                    Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
            }
            guard count > 0 else { throw failure() }
            start += count
        }
    }

    /// Adds what has come to `bytes`.
    ///
    /// - Returns: false at the end.
    func read(into bytes: inout [UInt8]) throws(ClientError) -> Bool {
        let chunk = 65_536
        var buffer = [UInt8](repeating: 0, count: chunk)
        let count =
            if let session { Int(SSL_read(session, &buffer, Int32(chunk))) } else {
                recv(descriptor, &buffer, chunk, 0)
            }
        if count > 0 {
            bytes += buffer[..<count]
            return true
        }
        if let session {
            // A server that forgets to say goodbye is noticed by its unfinished answer.
            let code = SSL_get_error(session, Int32(count))
            if code == SSL_ERROR_ZERO_RETURN || code == SSL_ERROR_SSL { return false }
        } else if count == 0 {
            return false
        }
        throw failure()
    }

    private func failure() -> ClientError {
        let code = errno
        if code == EAGAIN || code == EWOULDBLOCK { return .timeout(address) }
        return code == ECONNRESET || code == EPIPE || code == 0
            ? .cutOff(address) : .unreachable(address, reason: String(cString: strerror(code)))
    }
}

extension ClientSocket {
    private static func connect(_ address: ServerAddress, _ timeoutSeconds: Double) throws(ClientError) -> Int32 {
        switch address.place {
        case .unix(let path):
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            guard path.utf8.count < MemoryLayout.size(ofValue: name.sun_path) else {
                throw .unreachable(address, reason: "the path is too long")
            }
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw .unreachable(address, reason: String(cString: strerror(errno))) }
            limit(descriptor, timeoutSeconds)
            let code = withUnsafePointer(to: name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard code == 0 else {
                let reason = String(cString: strerror(errno))
                Glibc.close(descriptor)
                throw .unreachable(address, reason: reason)
            }
            return descriptor
        case .tcp(let host, let port):
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var found: UnsafeMutablePointer<addrinfo>?
            let code = getaddrinfo(host, String(port), &hints, &found)
            guard code == 0 else { throw .unreachable(address, reason: String(cString: gai_strerror(code))) }
            defer { freeaddrinfo(found) }
            var reason = "it has no address"
            var next = found
            while let info = next?.pointee {
                next = info.ai_next
                let descriptor = socket(
                    info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), info.ai_protocol)
                guard descriptor >= 0 else { continue }
                limit(descriptor, timeoutSeconds)
                if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return descriptor }
                reason = String(cString: strerror(errno))
                Glibc.close(descriptor)
            }
            throw .unreachable(address, reason: reason)
        }
    }

    private static func limit(_ descriptor: Int32, _ seconds: Double) {
        var limit = timeval(tv_sec: Int(seconds), tv_usec: Int((seconds - seconds.rounded(.down)) * 1e6))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    private func secure(_ tls: ClientTLS) throws(ClientError) {
        guard case .tcp(let host, _) = address.place, let context = SSL_CTX_new(TLS_client_method()) else {
            throw .tls(address, reason: "OpenSSL has no memory")
        }
        self.context = context
        _ = copenssl_set_min_tls12(context)
        if let file = tls.authoritiesFile {
            guard SSL_CTX_load_verify_locations(context, file, nil) == 1 else {
                throw .tls(address, reason: "no authorities can be read from \(file)")
            }
        } else {
            SSL_CTX_set_default_verify_paths(context)
        }
        if let chain = tls.chainFile {
            let key = tls.keyFile ?? chain
            guard SSL_CTX_use_certificate_chain_file(context, chain) == 1,
                SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1
            else { throw .tls(address, reason: "no certificate and key can be read from \(chain) and \(key)") }
        }
        SSL_CTX_set_verify(context, tls.trustsAnyone ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nil)
        guard let session = SSL_new(context), SSL_set_fd(session, descriptor) == 1 else {
            throw .tls(address, reason: "OpenSSL has no memory")
        }
        self.session = session
        // A certificate may be for a name or for an address.
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) != 1 {
            SSL_set1_host(session, host)
            copenssl_set_server_name(session, host)
        }
        guard SSL_connect(session) == 1 else {
            let verified = SSL_get_verify_result(session)
            throw .tls(
                address,
                reason: verified == X509_V_OK
                    ? "the handshake failed" : String(cString: X509_verify_cert_error_string(verified)))
        }
    }
}
