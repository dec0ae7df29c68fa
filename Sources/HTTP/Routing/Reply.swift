/// What a handler gives on the event loop: the answer, or what is still to be waited for.
public enum Reply: Sendable {
    case now(HTTPResponse)
    /// Starts on the event loop; where it waits, it goes on elsewhere.
    case later(@Sendable () async throws -> HTTPResponse)

    /// The answer if it is at hand.
    public var response: HTTPResponse? {
        if case .now(let response) = self { response } else { nil }
    }
}

/// Begins on the event loop, so what it does before it says `later` must be quick and must not block.
public typealias Handler = @Sendable (HTTPRequest) throws -> Reply
