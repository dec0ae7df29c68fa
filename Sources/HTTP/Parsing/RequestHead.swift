/// Where a request's content ends (RFC 9112 §6.3).
public enum BodyFraming: Sendable, Hashable {
    case none
    /// More than zero bytes.
    case length(Int)
    case chunked
}

/// A content coding that this server undoes (RFC 9110 §8.4.1).
public enum ContentCoding: String, Sendable, Hashable {
    case identity, gzip, deflate
    /// One it does not know, or several at once.
    case unknown

    init(token: some Sequence<UInt8>) {
        if token.equalsIgnoringCase("gzip".utf8) || token.equalsIgnoringCase("x-gzip".utf8) {
            self = .gzip
        } else if token.equalsIgnoringCase("deflate".utf8) {
            self = .deflate
        } else if token.equalsIgnoringCase("identity".utf8) || token.equalsIgnoringCase("".utf8) {
            self = .identity
        } else {
            self = .unknown
        }
    }
}

/// A head that has been read and found sound.
public struct RequestHead: Sendable {
    public let method: HTTPMethod
    public let version: HTTPVersion
    let target: RequestTarget
    let headers: HTTPHeaders
    public let framing: BodyFraming
    public let contentCoding: ContentCoding
    /// Whether the client wants the connection to go on.
    public let keepsAlive: Bool
    public let expectsContinue: Bool
    let requestIdentifier: RequestTarget.ByteRange?
}
