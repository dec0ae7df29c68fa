/// How a route wants the content of its requests.
public struct BodyMode: Sendable, Equatable {
    /// Whether the handler starts at the head and reads the content in pieces.
    public let isStreamed: Bool
    /// Overrides the server's own limit.
    public let bytesMax: Int?
    /// Whether a request that announces no content is refused with 411.
    public let isRequired: Bool

    /// All content is there when the handler starts.
    public static let collected = collected(max: nil)

    public static func collected(max: Int?, required: Bool = false) -> BodyMode {
        BodyMode(isStreamed: false, bytesMax: max, isRequired: required)
    }

    /// The handler reads `request.pieces`; what it does not read waits in the client's socket.
    public static let streamed = streamed(max: nil)

    public static func streamed(max: Int?, required: Bool = false) -> BodyMode {
        BodyMode(isStreamed: true, bytesMax: max, isRequired: required)
    }
}

/// What answers one method on paths of one pattern, such as `/models/{name}/variables/{variable...}`.
///
/// One object, because it is handed on with every request.
public final class Route: Sendable {
    public let method: HTTPMethod
    public let pattern: String
    public let body: BodyMode
    public let handler: Handler
    /// What a caller must be allowed to do; nil until somebody has said so, which a test of the route table finds.
    public let scope: RouteScope?
    /// Whether it changes things so often that a record of each change would be of no use.
    public let isRoutine: Bool

    public convenience init(
        _ method: HTTPMethod, _ pattern: String, body: BodyMode = .collected,
        _ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) {
        self.init(method, pattern, body: body, replying: { request in .later { try await handler(request) } })
    }

    /// A handler that never waits, run without any hop or task: for answers that are at hand.
    public convenience init(
        _ method: HTTPMethod, _ pattern: String, body: BodyMode = .collected,
        _ handler: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) {
        self.init(method, pattern, body: body, replying: { request in .now(try handler(request)) })
    }

    /// A handler that finds out by itself whether it has to wait.
    public convenience init(
        _ method: HTTPMethod, _ pattern: String, body: BodyMode = .collected, replying handler: @escaping Handler
    ) {
        self.init(method, pattern, body, handler, scope: nil, isRoutine: false)
    }

    private init(
        _ method: HTTPMethod, _ pattern: String, _ body: BodyMode, _ handler: @escaping Handler, scope: RouteScope?,
        isRoutine: Bool
    ) {
        self.method = method
        self.pattern = pattern
        self.body = body
        self.handler = handler
        self.scope = scope
        self.isRoutine = isRoutine
    }

    /// The same route, for callers with this right.
    public func needs(_ scope: RouteScope, isRoutine: Bool = false) -> Route {
        Route(method, pattern, body, handler, scope: scope, isRoutine: isRoutine)
    }
}
