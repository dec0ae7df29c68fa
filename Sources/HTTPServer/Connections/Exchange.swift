import HTTP

/// One request and its answer, while they are under way.
final class Exchange: @unchecked Sendable {
    // Sendable because it is touched only by jobs of its connection's loop; elsewhere it is just carried.
    var request: HTTPRequest
    let head: RequestHead

    /// What becomes of the content.
    enum Content {
        /// Gathered for the handler.
        case collected(BodyCollector)
        /// Handed to a running handler piece by piece.
        case streamed(RequestBodyChannel)
        /// Thrown away; then this is the answer.
        case discarded(HTTPResponse)
        /// Of no more interest.
        case done
    }
    var content = Content.done
    /// The handler's task, from its start to its answer, and the producer's after that.
    var task: Task<Void, Never>?
    /// True while a handler runs inside the loop's own call.
    var isStarting = false
    /// An answer that was ready before the handler's first wait.
    var immediateResponse: HTTPResponse?
    var plan: ResponsePlan?
    var stream: StreamState?
    /// True while the answer is being compressed elsewhere.
    var isCompressing = false
    /// Set while the request's content is held back because its reader is behind.
    var isHeld = false

    init(request: HTTPRequest, head: RequestHead) {
        self.request = request
        self.head = head
    }
}
