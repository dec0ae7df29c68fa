/// A request as a handler sees it: read, checked, decoded once.
///
/// It is one reference, so handing it on costs next to nothing; changing a copy changes no other.
public struct HTTPRequest: Sendable {
    private var storage: RequestStorage

    public init(
        _ head: RequestHead, id: RequestIdentifier, connection: ConnectionInformation, body: HTTPBody = .empty
    ) {
        storage = RequestStorage()
        storage.fill(head, id, connection, body)
    }

    /// As above, in the memory of a request that is over if nobody holds that any more.
    package init(
        _ head: RequestHead, id: RequestIdentifier, connection: ConnectionInformation, reusing spare: inout HTTPRequest?
    ) {
        storage = spare?.storage ?? RequestStorage()
        spare = nil
        if !isKnownUniquelyReferenced(&storage) { storage = RequestStorage() }
        storage.fill(head, id, connection, .empty)
    }

    /// Lets go of everything but the memory, unless somebody else still looks at this request.
    package mutating func recycle() -> Bool {
        guard isKnownUniquelyReferenced(&storage) else { return false }
        storage.clear()
        return true
    }

    /// A request made by hand, for tests and for handlers that call others.
    ///
    /// - Throws: what the parser would throw had the same head come over a socket.
    public init(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = HTTPHeaders(), body: HTTPBody = .empty
    ) throws(HTTPError) {
        var text = "\(method) \(target) HTTP/1.1\r\n"
        if !headers.contains("host") { text += "host: localhost\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        let bytes = Array((text + "\r\n").utf8)
        var parser = RequestHeadParser(limits: HTTPLimits(), isSecure: false)
        var offset = 0
        guard let head = try parser.parse(bytes.span, from: &offset), offset == bytes.count else {
            throw HTTPError(.malformedRequestLine, "'\(method) \(target)' is no request line")
        }
        self.init(head, id: .made(0, 0), connection: .unknown, body: body)
    }
}

extension HTTPRequest {
    public var method: HTTPMethod { storage.method }
    public var version: HTTPVersion { storage.version }
    public var headers: HTTPHeaders { storage.headers }
    public var id: RequestIdentifier { storage.id }
    public var connection: ConnectionInformation { storage.connection }

    /// All content, de-chunked and decompressed; empty while the route reads it in pieces.
    public var body: HTTPBody {
        get { storage.body }
        set { changing { $0.body = newValue } }
    }

    /// Fields that came behind a chunked body, kept apart from the headers (RFC 9110 §6.5.1).
    public var trailers: HTTPHeaders {
        get { storage.trailers }
        set { changing { $0.trailers = newValue } }
    }

    /// Who answers, once the router has said so.
    public var match: RouteMatch? {
        get { storage.match }
        set { changing { $0.match = newValue } }
    }

    /// The path, percent-decoded and its dot segments resolved, both once; `*` for a server-wide OPTIONS.
    public var path: String {
        decoded(target.path.indices)
    }

    /// The request target as it came.
    public var rawTarget: String {
        String(decoding: rawTargetBytes, as: UTF8.self)
    }

    /// The same as bytes.
    public var rawTargetBytes: ArraySlice<UInt8> { headers.bytes[target.raw.indices] }

    public var query: QueryParameters {
        guard let query = target.query else { return QueryParameters() }
        return QueryParameters(parsing: headers.bytes[query.indices])
    }

    public var peer: String { connection.peer }
    public var isSecure: Bool { connection.isSecure }
    public var clientCertificateSubject: String? { connection.clientCertificateSubject }

    /// What stands in the path where the route's pattern says `{name}` or `{name...}`, decoded.
    ///
    /// - Throws: `HTTPError` of kind `internalError` when the route has no such parameter.
    public func parameter(_ name: String) throws(HTTPError) -> String {
        guard let range = storage.match?.range(of: name) else {
            throw HTTPError(.internalError, "the route has no parameter '\(name)'")
        }
        return decoded(range.indices)
    }

    /// The content piece by piece, whether the route collects it or streams it.
    public var pieces: BodyPieces {
        BodyPieces(reader: storage.reader ?? CollectedBodyReader(body))
    }

    /// The same request with its content still to come.
    public func reading(from reader: any BodyReader) -> HTTPRequest {
        var request = self
        request.changing { $0.reader = reader }
        return request
    }

    var target: RequestTarget { storage.target }

    private mutating func changing(_ change: (RequestStorage) -> Void) {
        if !isKnownUniquelyReferenced(&storage) { storage = RequestStorage(copying: storage) }
        change(storage)
    }

    private func decoded(_ range: Range<Int>) -> String {
        let bytes = headers.bytes[range]
        return String(decoding: target.pathHasEscapes ? PercentEncoding.decode(bytes)[...] : bytes, as: UTF8.self)
    }
}

/// What a request consists of.
private final class RequestStorage: @unchecked Sendable {
    // Sendable because it is changed only while a single request refers to it.
    var method = HTTPMethod.get
    var version = HTTPVersion.http11
    var headers = HTTPHeaders()
    var target = RequestTarget()
    var id = RequestIdentifier.made(0, 0)
    var connection = ConnectionInformation.unknown
    var body = HTTPBody.empty
    var trailers = HTTPHeaders()
    var match: RouteMatch?
    var reader: (any BodyReader)?

    init() {}

    init(copying other: RequestStorage) {
        method = other.method
        version = other.version
        headers = other.headers
        target = other.target
        id = other.id
        connection = other.connection
        body = other.body
        trailers = other.trailers
        match = other.match
        reader = other.reader
    }

    func fill(_ head: RequestHead, _ id: RequestIdentifier, _ connection: ConnectionInformation, _ body: HTTPBody) {
        method = head.method
        version = head.version
        headers = head.headers
        target = head.target
        self.id = head.requestIdentifier.map { .given(head.headers.text($0)) } ?? id
        self.connection = connection
        self.body = body
    }

    func clear() {
        headers = HTTPHeaders()
        id = .made(0, 0)
        body = .empty
        if !trailers.isEmpty { trailers = HTTPHeaders() }
        match = nil
        reader = nil
    }
}

extension HTTPHeaders {
    fileprivate func text(_ range: RequestTarget.ByteRange) -> String {
        String(decoding: bytes[range.indices], as: UTF8.self)
    }
}
