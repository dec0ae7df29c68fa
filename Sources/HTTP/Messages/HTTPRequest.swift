/// A request as a handler sees it: read, checked, decoded once.
public struct HTTPRequest: Sendable {
    public let method: HTTPMethod
    public let version: HTTPVersion
    public let headers: HTTPHeaders
    public let id: RequestIdentifier
    public let connection: ConnectionInformation
    /// All content, de-chunked and decompressed; empty while the route reads it in pieces.
    public var body: HTTPBody
    /// Fields that came behind a chunked body, kept apart from the headers (RFC 9110 §6.5.1).
    public var trailers: HTTPHeaders
    /// Who answers, once the router has said so.
    public var match: RouteMatch?

    let target: RequestTarget
    private var reader: (any BodyReader)?

    public init(
        _ head: RequestHead, id: RequestIdentifier, connection: ConnectionInformation, body: HTTPBody = .empty
    ) {
        method = head.method
        version = head.version
        headers = head.headers
        target = head.target
        self.id =
            head.requestIdentifier.map {
                .given(String(decoding: head.headers.bytes[$0.indices], as: UTF8.self))
            } ?? id
        self.connection = connection
        self.body = body
        trailers = HTTPHeaders()
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
    /// The path, percent-decoded and its dot segments resolved, both once; `*` for a server-wide OPTIONS.
    public var path: String {
        decoded(target.path.indices)
    }

    /// The request target as it came.
    public var rawTarget: String {
        String(decoding: headers.bytes[target.raw.indices], as: UTF8.self)
    }

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
        guard let match, let range = match.range(of: name) else {
            throw HTTPError(.internalError, "the route has no parameter '\(name)'")
        }
        return decoded(range.indices)
    }

    /// The content piece by piece, whether the route collects it or streams it.
    public var pieces: BodyPieces {
        BodyPieces(reader: reader ?? CollectedBodyReader(body))
    }

    /// The same request with its content still to come.
    public func reading(from reader: any BodyReader) -> HTTPRequest {
        var request = self
        request.reader = reader
        return request
    }

    private func decoded(_ range: Range<Int>) -> String {
        let bytes = headers.bytes[range]
        return String(decoding: target.pathHasEscapes ? PercentEncoding.decode(bytes)[...] : bytes, as: UTF8.self)
    }
}
