/// How a server speaks TLS: 1.2 and 1.3, ECDHE with AEAD ciphers only, HTTP/1.1 by ALPN.
public struct TLSConfiguration: Sendable {
    /// A certificate chain and its key, as PEM files.
    public struct Certificate: Sendable, Hashable {
        public var chainFile: String
        public var keyFile: String

        public init(chainFile: String, keyFile: String) {
            self.chainFile = chainFile
            self.keyFile = keyFile
        }
    }

    /// What is asked of clients.
    public enum ClientCertificates: Sendable, Hashable {
        case none
        /// Asked for, verified when given.
        case optional(authoritiesFile: String)
        case required(authoritiesFile: String)
    }

    /// The first is for clients that name no server, or none of these.
    public var certificates: [Certificate]
    public var clientCertificates = ClientCertificates.none

    public init(certificates: [Certificate]) {
        self.certificates = certificates
    }
}

extension TLSConfiguration {
    /// Loads everything once, and lets go of it.
    ///
    /// - Throws: `TLSError` that names the file which does not load.
    public func check() throws(TLSError) { _ = try TLSContext(self) }
}

/// TLS cannot be set up, or a connection cannot be secured.
public struct TLSError: Error, CustomStringConvertible {
    public let description: String
}
