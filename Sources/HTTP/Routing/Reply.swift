/// What a handler gives on the event loop: the answer, or how it is to be waited for.
public enum Reply: Sendable {
    public typealias Outcome = Result<HTTPResponse, any Error>

    case now(HTTPResponse)
    /// Starts on the event loop; where it waits, it goes on elsewhere.
    case later(@Sendable () async throws -> HTTPResponse)
    /// Begins on the event loop and ends with one call of `deliver`, on whatever thread, without a task in between. Returns
    /// what is to be done when the client leaves first.
    case delivered(@Sendable (_ deliver: @escaping @Sendable (Outcome) -> Void) -> @Sendable () -> Void)

    /// The answer if it is at hand.
    public var response: HTTPResponse? {
        if case .now(let response) = self { response } else { nil }
    }

    /// The answer, however long it takes.
    public func awaited() async throws -> HTTPResponse {
        switch self {
        case .now(let response): return response
        case .later(let work): return try await work()
        case .delivered(let begin):
            return try await withCheckedThrowingContinuation { continuation in
                _ = begin { continuation.resume(with: $0) }
            }
        }
    }

    /// The same with its answer changed.
    public func map(_ change: @escaping @Sendable (HTTPResponse) -> HTTPResponse) -> Reply {
        switch self {
        case .now(let response): .now(change(response))
        case .later(let work): .later { change(try await work()) }
        case .delivered(let begin): .delivered { deliver in begin { deliver($0.map(change)) } }
        }
    }
}

/// Begins on the event loop, so what it does before it says that it takes longer must be quick and must not block.
public typealias Handler = @Sendable (HTTPRequest) throws -> Reply
