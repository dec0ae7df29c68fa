/// A request method: case-sensitive, as RFC 9110 §9.1 says.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public static let get = HTTPMethod(rawValue: "GET")
    public static let head = HTTPMethod(rawValue: "HEAD")
    public static let post = HTTPMethod(rawValue: "POST")
    public static let put = HTTPMethod(rawValue: "PUT")
    public static let patch = HTTPMethod(rawValue: "PATCH")
    public static let delete = HTTPMethod(rawValue: "DELETE")
    public static let options = HTTPMethod(rawValue: "OPTIONS")

    /// What a route may be made for, in the order that `Allow` lists them.
    ///
    /// CONNECT is not among them, as this server is no proxy: it is answered 501, as unknown methods are.
    static let implemented: [HTTPMethod] = [.get, .head, .post, .put, .patch, .delete, .options]

    /// The longest method that is looked at; a longer one cannot be implemented (RFC 9112 §3: 501).
    static let lengthMax = 32

    /// Known, but allowed nowhere: an echo of the request serves nobody but an attacker (RFC 9110 §9.3.8), and
    /// there is nothing here to query that GET or POST do not tell.
    private static let declined: [HTTPMethod] = [HTTPMethod(rawValue: "TRACE"), HTTPMethod(rawValue: "QUERY")]

    /// Whether a path answers 405 to it where it has no route, rather than the server 501 on every path.
    var isKnown: Bool {
        Self.implemented.contains(self) || Self.declined.contains(self)
    }
}

extension HTTPMethod: CustomStringConvertible {
    public var description: String { rawValue }
}
