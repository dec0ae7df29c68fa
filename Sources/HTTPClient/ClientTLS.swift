/// How a client trusts a server, and shows who it is itself.
public struct ClientTLS: Sendable, Hashable {
    /// Authorities in a PEM file instead of the system's.
    public var authoritiesFile: String?
    /// A certificate chain, in a PEM file, for servers that ask.
    public var chainFile: String?
    /// The key of that certificate.
    public var keyFile: String?
    /// Whether any certificate will do: for a server's own health check, on its own machine.
    public var trustsAnyone = false

    public init() {}
}
