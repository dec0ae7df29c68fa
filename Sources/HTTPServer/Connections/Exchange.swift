import HTTP

/// One request and its answer, while they are under way.
///
/// The object serves the next request of its connection when nobody else holds it any more, so that a
/// plain request allocates nothing.
final class Exchange: @unchecked Sendable {
    // Sendable because it is touched only by jobs of its connection's loop; elsewhere it is just carried.

    /// `nil` once the exchange is over.
    var request: HTTPRequest?
    private(set) var framing = BodyFraming.none
    private(set) var contentCoding = ContentCoding.identity
    /// Whether the client waits to be asked for its content.
    private(set) var awaitsContinue = false

    /// What becomes of the content.
    enum Content {
        /// There is none; the handler waits for the end of the request all the same.
        case empty
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
    /// What is to be done when the client leaves before an answer that comes without a task.
    var onLeaving: (@Sendable () -> Void)?
    /// True while a handler runs inside the loop's own call.
    var isStarting = false
    /// An answer that was ready before the handler's first wait.
    var immediateResponse: HTTPResponse?
    var plan: ResponsePlan?
    /// When the head had come, and what was answered.
    private(set) var startedAt: UInt64 = 0
    var status = 0
    var answerBytes: Int?
    var stream: StreamState?
    /// True while the answer is being compressed elsewhere.
    var isCompressing = false
    /// Set while the request's content is held back because its reader is behind.
    var isHeld = false

    func begin(_ request: HTTPRequest, _ head: RequestHead, at now: UInt64) {
        self.request = request
        startedAt = now
        framing = head.framing
        contentCoding = head.contentCoding
        awaitsContinue = head.expectsContinue && head.framing != .none
    }

    /// Notes what is about to be answered.
    func answer(_ plan: ResponsePlan, status: Int, bytes: Int?) {
        self.plan = plan
        self.status = status
        answerBytes = bytes
        if task != nil { task = nil }
        if onLeaving != nil { onLeaving = nil }
    }

    /// Lets go of everything, so that the next head can use the memory of this one.
    ///
    /// - Returns: the request, empty, if it can be used again.
    func end() -> HTTPRequest? {
        let isFree = request?.recycle() ?? false
        let spare = isFree ? request : nil
        request = nil
        content = .done
        task = nil
        onLeaving = nil
        immediateResponse = nil
        plan = nil
        stream = nil
        (status, answerBytes) = (0, nil)
        (isStarting, isCompressing, isHeld) = (false, false, false)
        return spare
    }

    /// The client has gone: whoever still works for it learns so.
    func abandon() {
        if case .streamed(let channel) = content { channel.fail(CancellationError()) }
        stream?.cancel()
        task?.cancel()
        onLeaving?()
        onLeaving = nil
    }
}
