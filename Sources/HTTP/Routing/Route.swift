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
public struct Route: Sendable {
    public let method: HTTPMethod
    public let pattern: String
    public let body: BodyMode
    public let handler: Handler
    /// What a caller must be allowed to do; nil until somebody has said so, which a test of the route table finds.
    public private(set) var scope: RouteScope?
    /// Whether it changes things so often that a record of each change would be of no use.
    public private(set) var isRoutine = false

    public init(
        _ method: HTTPMethod, _ pattern: String, body: BodyMode = .collected,
        _ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) {
        self.init(method, pattern, body: body, replying: { request in .later { try await handler(request) } })
    }

    /// A handler that never waits, run without any hop or task: for answers that are at hand.
    public init(
        _ method: HTTPMethod, _ pattern: String, body: BodyMode = .collected,
        _ handler: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) {
        self.init(method, pattern, body: body, replying: { request in .now(try handler(request)) })
    }

    /// A handler that finds out by itself whether it has to wait.
    public init(
        _ method: HTTPMethod, _ pattern: String, body: BodyMode = .collected, replying handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.body = body
        self.handler = handler
    }
}

extension Route {
    /// The same route, for callers with this right.
    public func needs(_ scope: RouteScope, isRoutine: Bool = false) -> Route {
        var route = self
        route.scope = scope
        route.isRoutine = isRoutine
        return route
    }
}
