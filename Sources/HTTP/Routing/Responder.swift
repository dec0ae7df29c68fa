/// Answers requests: what the server stands on. Every answer comes from here, those to broken
/// requests included.
public protocol Responder: AnyObject, Sendable {
    /// Decides from the head who answers and how the content is to be read.
    func route(_ request: HTTPRequest) -> RoutingDecision

    /// Runs the handler of the route in `request.match`. Called on the event loop, so it must be quick and must not block.
    ///
    /// - Throws: what is to be answered by ``errorResponse(for:request:)``; so does what comes later.
    func reply(to request: HTTPRequest) throws -> Reply

    /// The answer to an error: a handler's, or the protocol's own.
    ///
    /// - Parameter request: `nil` when its head could not be read.
    func errorResponse(for error: any Error, request: HTTPRequest?) -> HTTPResponse

    /// A request is over. Called on the event loop, so it must be quick and must not block.
    ///
    /// - Parameter request: `nil` when its head could not be read.
    func answered(_ request: HTTPRequest?, _ facts: AnswerFacts)
}

extension Responder {
    public func answered(_ request: HTTPRequest?, _ facts: AnswerFacts) {}

    public func reply(to request: HTTPRequest) throws -> Reply {
        guard let route = request.match?.route else {
            throw HTTPError(.notFound, "nothing is found at \(request.path)")
        }
        return try route.handler(request)
    }
}

/// The plain responder: a router, and errors as problem details (RFC 9457) without fields of an API's own.
public final class RouterResponder: Responder {
    private let router: Router

    public init(_ router: Router) {
        self.router = router
    }

    public func route(_ request: HTTPRequest) -> RoutingDecision {
        router.route(request)
    }

    public func errorResponse(for error: any Error, request: HTTPRequest?) -> HTTPResponse {
        // What is no HTTPError is a defect; its text is for the log, not for the client.
        let error = error as? HTTPError ?? HTTPError(.internalError, "an internal error occurred")
        var headers = error.headers
        headers.add("content-type", "application/problem+json")
        let json = """
            {"type":"about:blank","title":\(Self.quoted(error.status.reason)),"status":\(error.status.code),\
            "detail":\(Self.quoted(error.detail)),"code":\(Self.quoted(error.kind.rawValue))}
            """
        return HTTPResponse(error.status, headers: headers, body: .bytes(HTTPBody(json)))
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
