/// The protocol version of a request. A higher minor version is read as 1.1 (RFC 9110 §2.5).
public enum HTTPVersion: Sendable, Hashable {
    case http10
    case http11
}
