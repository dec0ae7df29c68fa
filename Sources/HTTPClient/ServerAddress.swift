/// Where a server is: `http://host:8080`, `https://host`, `unix:/run/strata.sock`.
public struct ServerAddress: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    public let place: Place
    public let isSecure: Bool
    /// What stands before every path, such as `/strata` behind a proxy; no slash at its end.
    public let prefix: String

    /// - Throws: `ClientError.address` for what is none of these.
    public init(_ text: String) throws(ClientError) {
        if text.hasPrefix("unix:"), text.count > 5 {
            (place, isSecure, prefix) = (.unix(path: String(text.dropFirst(5))), false, "")
            return
        }
        isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else { throw .address(text) }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count)
        prefix = String(path.hasSuffix("/") ? path.dropLast() : path)
        var host = authority
        var port = isSecure ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else {
                throw .address(text)
            }
            port = number
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("@") else { throw .address(text) }
        place = .tcp(host: String(host), port: port)
    }

    /// The value of the `Host` field.
    public var authority: String {
        switch place {
        case .unix: "localhost"
        case .tcp(let host, let port): (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
        }
    }
}

extension ServerAddress: CustomStringConvertible {
    public var description: String {
        switch place {
        case .unix(let path): "unix:\(path)"
        case .tcp: "\(isSecure ? "https" : "http")://\(authority)\(prefix)"
        }
    }
}
