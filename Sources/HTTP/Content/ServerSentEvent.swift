/// One event of an event stream (HTML Living Standard §9.2).
public struct ServerSentEvent: Sendable, Equatable {
    /// What kind it is; `message` when it says nothing.
    public var event: String?
    /// What a client that comes back says it has seen last (`Last-Event-ID`).
    public var id: String?
    /// Each line becomes a line of the stream.
    public var data: String
    /// After how many milliseconds a client that lost the stream comes back.
    public var retryMilliseconds: Int?

    public init(_ data: String, event: String? = nil, id: String? = nil, retryMilliseconds: Int? = nil) {
        self.data = data
        self.event = event
        self.id = id
        self.retryMilliseconds = retryMilliseconds
    }

    /// As it is sent.
    public var text: String {
        var text = ""
        if let event { text += "event: \(Self.line(event))\n" }
        if let id { text += "id: \(Self.line(id))\n" }
        if let retryMilliseconds { text += "retry: \(retryMilliseconds)\n" }
        // CR, LF and CRLF all end lines of the stream.
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            text += "data: \(line)\n"
        }
        return text + "\n"
    }

    private static func line(_ text: String) -> String {
        String(text.filter { !$0.isNewline && $0 != "\0" })
    }
}

/// Takes the events of a stream.
public struct EventWriter: Sendable {
    private let writer: any BodyWriter

    init(_ writer: any BodyWriter) {
        self.writer = writer
    }

    /// Returns once the event is on its way and the client keeps up.
    ///
    /// - Throws: `CancellationError` when the client has left or the server is going down.
    public func send(_ event: ServerSentEvent) async throws {
        try await writer.write(HTTPBody(event.text))
    }
}

extension HTTPResponse {
    /// A stream of events, for as long as `produce` runs and the client stays.
    public static func events(_ produce: @escaping @Sendable (EventWriter) async throws -> Void) -> HTTPResponse {
        HTTPResponse(
            headers: ["content-type": "text/event-stream", "cache-control": "no-store"],
            body: .stream(BodyStream(isEventStream: true) { try await produce(EventWriter($0)) }))
    }
}
