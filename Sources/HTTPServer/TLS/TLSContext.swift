import COpenSSL

/// The certificates of a server, loaded: what new connections are secured with.
///
/// Immutable once made. Loading certificates anew makes another one; connections keep theirs.
final class TLSContext: @unchecked Sendable {
    // Sendable because nothing is changed after `init`, and OpenSSL's contexts count their references
    // and lock their session caches themselves.
    private let contexts: [OpaquePointer]

    /// - Parameter previous: whose session tickets stay good.
    init(_ configuration: TLSConfiguration, previous: TLSContext? = nil) throws(TLSError) {
        guard !configuration.certificates.isEmpty else { throw TLSError(description: "TLS needs a certificate") }
        var contexts: [OpaquePointer] = []
        do {
            for certificate in configuration.certificates {
                let context = try Self.makeContext()
                contexts.append(context)
                try Self.load(certificate, into: context)
                try Self.ask(configuration.clientCertificates, context)
            }
        } catch {
            for context in contexts { SSL_CTX_free(context) }
            throw error
        }
        self.contexts = contexts
        // The callback is told of this object, not given it: every TLSTransport keeps it alive.
        copenssl_set_servername_callback(
            contexts[0], { ssl, _, argument in TLSContext.choose(ssl, argument) },
            Unmanaged.passUnretained(self).toOpaque())
        if let previous { carryTicketKeys(from: previous) }
    }

    deinit {
        for context in contexts { SSL_CTX_free(context) }
    }

    /// A connection's own state, on its socket.
    func makeSession(_ descriptor: Int32) -> OpaquePointer? {
        guard let session = SSL_new(contexts[0]) else { return nil }
        guard SSL_set_fd(session, descriptor) == 1 else {
            SSL_free(session)
            return nil
        }
        SSL_set_accept_state(session)
        return session
    }
}

extension TLSContext {
    private static func makeContext() throws(TLSError) -> OpaquePointer {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw lastError("SSL_CTX_new") }
        _ = copenssl_set_mode(context)
        _ = copenssl_set_options(context)
        _ = copenssl_set_session_cache(context)
        let identifier = Array("strata".utf8)
        // Suites of 1.3 are all AEAD with ephemeral keys; those of 1.2 are named.
        guard copenssl_set_min_tls12(context) == 1,
            SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:!PSK") == 1,
            copenssl_set_groups(context, "X25519:P-256:P-384") == 1,
            // Without this, sessions of clients with certificates would not be resumed.
            SSL_CTX_set_session_id_context(context, identifier, UInt32(identifier.count)) == 1,
            SSL_CTX_set_num_tickets(context, 1) == 1
        else {
            SSL_CTX_free(context)
            throw lastError("TLS settings")
        }
        SSL_CTX_set_alpn_select_cb(
            context,
            { _, out, count, offered, length, _ in
                TLSContext.selectProtocol(out, count, offered, length)
            }, nil)
        return context
    }

    private static func load(_ certificate: TLSConfiguration.Certificate, into context: OpaquePointer) throws(TLSError)
    {
        guard SSL_CTX_use_certificate_chain_file(context, certificate.chainFile) == 1 else {
            throw lastError("certificate '\(certificate.chainFile)'")
        }
        guard SSL_CTX_use_PrivateKey_file(context, certificate.keyFile, SSL_FILETYPE_PEM) == 1 else {
            throw lastError("key '\(certificate.keyFile)'")
        }
        guard SSL_CTX_check_private_key(context) == 1 else {
            throw lastError("key '\(certificate.keyFile)' for certificate '\(certificate.chainFile)'")
        }
    }

    private static func ask(
        _ certificates: TLSConfiguration.ClientCertificates, _ context: OpaquePointer
    ) throws(TLSError) {
        let file: String
        var mode = SSL_VERIFY_PEER
        switch certificates {
        case .none: return
        case .optional(let authorities): file = authorities
        case .required(let authorities):
            file = authorities
            mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        }
        guard SSL_CTX_load_verify_locations(context, file, nil) == 1, let names = SSL_load_client_CA_file(file) else {
            throw lastError("client authorities '\(file)'")
        }
        SSL_CTX_set_client_CA_list(context, names)
        SSL_CTX_set_verify(context, mode, nil)
    }

    /// RFC 7301: HTTP/1.1 for who offers it; who offers only other protocols is refused, and who offers
    /// none is taken at the port's word.
    private static func selectProtocol(
        _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ count: UnsafeMutablePointer<UInt8>?,
        _ offered: UnsafePointer<UInt8>?, _ length: UInt32
    ) -> Int32 {
        guard let offered else { return SSL_TLSEXT_ERR_NOACK }
        var index = 0
        while index < Int(length) {
            let size = Int(offered[index])
            let name = UnsafeBufferPointer(start: offered + index + 1, count: size)
            if index + 1 + size <= Int(length), name.elementsEqual("http/1.1".utf8) {
                out?.pointee = offered + index + 1
                count?.pointee = UInt8(size)
                return SSL_TLSEXT_ERR_OK
            }
            index += 1 + size
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

    /// RFC 6066 §3: the certificate of the server that the client names.
    private static func choose(_ session: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> Int32 {
        guard let argument, let session, let name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name) else {
            return SSL_TLSEXT_ERR_OK
        }
        let context = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
        for candidate in context.contexts
        where X509_check_host(SSL_CTX_get0_certificate(candidate), name, 0, 0, nil) == 1 {
            SSL_set_SSL_CTX(session, candidate)
            return SSL_TLSEXT_ERR_OK
        }
        return SSL_TLSEXT_ERR_OK
    }

    private func carryTicketKeys(from previous: TLSContext) {
        let count = copenssl_get_ticket_keys(previous.contexts[0], nil, 0)
        var keys = [UInt8](repeating: 0, count: Int(max(count, 0)))
        guard count > 0, copenssl_get_ticket_keys(previous.contexts[0], &keys, count) == 1 else { return }
        _ = copenssl_set_ticket_keys(contexts[0], &keys, count)
    }

    static func lastError(_ what: String) -> TLSError {
        var buffer = [CChar](repeating: 0, count: 256)
        let code = ERR_get_error()
        ERR_error_string_n(code, &buffer, buffer.count)
        ERR_clear_error()
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return TLSError(description: "\(what): \(code == 0 ? "failed" : text)")
    }
}
