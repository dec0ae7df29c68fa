import COpenSSL
import HTTPTestSupport

@testable import HTTPServer

/// A blocking TLS client on a raw socket.
final class TLSClient: @unchecked Sendable {
    // Sendable because each test uses it on one thread.
    private let client: RawClient
    private let context: OpaquePointer
    private let session: OpaquePointer

    struct Options {
        var serverName: String?
        var version: Int32?
        var protocols: [String] = []
        var certificate: TLSConfiguration.Certificate?
        var cipher: String?
        /// From an earlier connection.
        var resumed: OpaquePointer?
    }

    init(_ client: RawClient, _ options: Options = Options()) throws {
        self.client = client
        guard let context = SSL_CTX_new(TLS_client_method()), let session = { Self.configure(context, options) }()
        else {
            throw RawClient.Failure(description: "no TLS client")
        }
        self.context = context
        self.session = session
        SSL_set_fd(session, client.descriptor)
        if let resumed = options.resumed { SSL_set_session(session, resumed) }
        ERR_clear_error()
        guard SSL_connect(session) == 1 else {
            throw RawClient.Failure(description: TLSContext.lastError("handshake").description)
        }
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    private static func configure(_ context: OpaquePointer, _ options: Options) -> OpaquePointer? {
        if let version = options.version { copenssl_limit_version(context, version) }
        if let cipher = options.cipher { SSL_CTX_set_cipher_list(context, cipher) }
        if let certificate = options.certificate {
            SSL_CTX_use_certificate_chain_file(context, certificate.chainFile)
            SSL_CTX_use_PrivateKey_file(context, certificate.keyFile, SSL_FILETYPE_PEM)
        }
        let protocols = options.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !protocols.isEmpty { SSL_CTX_set_alpn_protos(context, protocols, UInt32(protocols.count)) }
        guard let session = SSL_new(context) else { return nil }
        if let name = options.serverName { copenssl_set_server_name(session, name) }
        return session
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        SSL_write(session, bytes, Int32(bytes.count))
    }

    /// Everything until the server says goodbye.
    func receiveAll() -> String {
        var bytes: [UInt8] = []
        while true {
            let more = receiveSome()
            if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += more
        }
    }

    func receiveSome() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = SSL_read(session, &buffer, Int32(buffer.count))
        return count > 0 ? Array(buffer[..<Int(count)]) : []
    }

    var version: String { String(cString: SSL_get_version(session)) }
    var isResumed: Bool { SSL_session_reused(session) == 1 }
    /// To be resumed by another connection.
    var ticket: OpaquePointer? { SSL_get1_session(session) }

    var negotiatedProtocol: String {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(session, &name, &count)
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// The name that the server's certificate bears.
    var serverName: String {
        let certificate = SSL_get1_peer_certificate(session)
        defer { X509_free(certificate) }
        var buffer = [CChar](repeating: 0, count: 100)
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, &buffer, 100)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
