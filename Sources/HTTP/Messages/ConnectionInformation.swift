/// What is known about the connection a request came over; one for all its requests.
public final class ConnectionInformation: Sendable {
    /// Address and port of the client, `unix` for a Unix-domain socket.
    public let peer: String
    /// Whether the connection is under TLS.
    public let isSecure: Bool
    /// The subject of the client's certificate in RFC 2253 form, where one was given and verified.
    public let clientCertificateSubject: String?

    public init(peer: String, isSecure: Bool = false, clientCertificateSubject: String? = nil) {
        self.peer = peer
        self.isSecure = isSecure
        self.clientCertificateSubject = clientCertificateSubject
    }

    static let unknown = ConnectionInformation(peer: "unknown")
}
