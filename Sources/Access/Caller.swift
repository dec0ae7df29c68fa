import HTTP

/// Somebody whom the server knows: by a key, or by a client certificate.
public struct Caller: Sendable {
    /// How a caller proves who it is.
    public enum Proof: Sendable, Hashable {
        case key(KeyDigest)
        /// The subject of a verified client certificate, in RFC 2253 form: `CN=trainer,O=Example`.
        case certificate(subject: String)
    }

    /// What the logs call it.
    public let name: String
    public let proof: Proof
    public let scopes: Set<RouteScope>
    /// Requests a second; nil for the server's own limit, 0 for none.
    public let requestsPerSecond: Double?

    /// - Parameter scopes: `admin` has all the others in it.
    public init(name: String, proof: Proof, scopes: Set<RouteScope>, requestsPerSecond: Double? = nil) {
        self.name = name
        self.proof = proof
        self.scopes = scopes.contains(.admin) ? Set(RouteScope.allCases) : scopes
        self.requestsPerSecond = requestsPerSecond
    }
}
