/// An answer. The server adds Date, the framing of the content, Connection and X-Request-Id.
public struct HTTPResponse: Sendable {
    public var status: HTTPStatus
    public var headers: HTTPHeaders
    public var body: Body

    public enum Body: Sendable {
        case none
        case bytes(HTTPBody)
        /// Written one after the other without being joined.
        case pieces([HTTPBody])
        /// Made while it is sent.
        case stream(BodyStream)
        /// Part of a file.
        case file(FileSlice)
    }

    public init(_ status: HTTPStatus = .ok, headers: HTTPHeaders = HTTPHeaders(), body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer with a content type and bytes.
    public init(_ status: HTTPStatus = .ok, type: String, _ bytes: HTTPBody) {
        self.init(status, body: .bytes(bytes))
        headers.add("content-type", type)
    }

    public static func text(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, type: "text/plain; charset=utf-8", HTTPBody(text))
    }
}

extension HTTPResponse.Body {
    /// Number of bytes, `nil` when nobody knows it in advance.
    public var count: Int? {
        switch self {
        case .none: 0
        case .bytes(let body): body.count
        case .pieces(let bodies): bodies.reduce(0) { $0 + $1.count }
        case .stream(let stream): stream.count
        case .file(let slice): slice.count
        }
    }
}

/// Content that a handler makes while it is being sent.
public struct BodyStream: Sendable {
    /// Number of bytes if it is known; the answer is chunked otherwise.
    public let count: Int?
    /// Whether these are server-sent events, which the server keeps alive by comments.
    public let isEventStream: Bool
    /// Writes the content. Its task is cancelled when the client leaves.
    public let produce: @Sendable (any BodyWriter) async throws -> Void

    public init(
        count: Int? = nil, isEventStream: Bool = false,
        _ produce: @escaping @Sendable (any BodyWriter) async throws -> Void
    ) {
        self.count = count
        self.isEventStream = isEventStream
        self.produce = produce
    }
}

/// Takes the pieces of a streamed answer.
public protocol BodyWriter: Sendable {
    /// Returns once the piece is on its way and the client keeps up.
    ///
    /// - Throws: `CancellationError` when the client has left.
    func write(_ piece: HTTPBody) async throws
}

/// Part of a file on disk, opened when it is sent.
public struct FileSlice: Sendable {
    public let path: String
    public let offset: Int
    public let count: Int

    public init(path: String, offset: Int = 0, count: Int) {
        self.path = path
        self.offset = offset
        self.count = count
    }
}
