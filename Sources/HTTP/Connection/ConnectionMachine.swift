/// One connection's protocol state (RFC 9112): bytes and times in, decisions out.
///
/// Reading: `receive` is given bytes and says what they mean, one event at a time. Requests are
/// answered in order: behind the last byte of one request, `receive` is `blocked` until
/// `responseCompleted`. Writing: `planResponse` says how an answer is framed. The machine does no
/// I/O, owns no thread and reads no clock, so all of this is tested without a socket.
public struct ConnectionMachine: Sendable {
    public enum Event: Sendable {
        /// All bytes are used up.
        case needsBytes
        /// A head; `limitContent` or `discardContent` is due next.
        case head(RequestHead)
        /// Content stands at these places of the bytes given.
        case content(Range<Int>)
        /// The request is complete.
        case end(trailers: HTTPHeaders)
        /// The bytes that are left belong to a request whose turn has not come.
        case blocked
        /// The request is broken: answer with the error, then linger and close.
        case failed(HTTPError)
    }

    /// What to do once an answer has been written.
    public enum Continuation: Sendable, Equatable {
        case nextRequest
        /// Stop writing, read what still comes so that the answer is not lost to a reset, then close
        /// (RFC 9112 §9.6).
        case linger
    }

    private enum Input {
        case head
        case length(remaining: Int)
        case chunked
        case endDue
        case ended
        /// Nothing more is read for meaning.
        case stopped
    }

    public let limits: HTTPLimits
    private var parser: RequestHeadParser
    private var decoder: ChunkedDecoder
    private var patience: ConnectionPatience
    private var input = Input.head
    private var current: AnswerTerms?
    private var contentCount = 0
    private var contentMax = 0
    private var discardsContent = false
    private var responseIsDone = false
    private var isHeld = false
    private var plan: ResponsePlan?
    private var isDraining = false

    public init(limits: HTTPLimits, timeouts: HTTPTimeouts, isSecure: Bool, at now: UInt64) {
        self.limits = limits
        parser = RequestHeadParser(limits: limits, isSecure: isSecure)
        decoder = ChunkedDecoder(limits: limits)
        patience = ConnectionPatience(timeouts, at: now)
    }

    // MARK: Reading

    /// Reads bytes from `offset` on and moves it past what has been understood.
    public mutating func receive(_ bytes: borrowing Span<UInt8>, from offset: inout Int, at now: UInt64) -> Event {
        let start = offset
        let event: Event
        do {
            event = try read(bytes, from: &offset)
        } catch {
            input = .stopped
            event = .failed(error)
        }
        updatePatience(at: now, moved: offset > start)
        return event
    }

    /// The client has closed its side. What it asked for in full is still answered.
    public mutating func endOfInput() -> Event {
        switch input {
        case .head where !parser.hasStarted:
            input = .stopped
            return .needsBytes
        case .head, .length, .chunked:
            input = .stopped
            return responseIsDone
                ? .needsBytes
                : .failed(HTTPError(.incompleteRequest, "the connection was closed in the middle of a request"))
        case .endDue, .ended, .stopped:
            return .blocked
        }
    }

    /// Lets content in, up to `bytesMax`.
    ///
    /// - Throws: `contentTooLarge` when the head announces more.
    public mutating func limitContent(to bytesMax: Int) throws(HTTPError) {
        contentMax = bytesMax
        if case .length(let count) = input, count > bytesMax {
            throw contentTooLarge("\(count)")
        }
    }

    /// Reads the content and throws it away, so that the connection can go on behind an early answer.
    ///
    /// - Returns: false when that may take long, or would need a `100 Continue`: answer at once and close.
    public mutating func discardContent() -> Bool {
        guard let current, !current.expectsContinue || isAtEnd else { return isAtEnd }
        if case .length(let count) = input, count > limits.discardedBytesMax { return false }
        contentMax = limits.discardedBytesMax
        discardsContent = true
        return true
    }

    /// Whether all content has been read.
    public var isAtEnd: Bool {
        switch input {
        case .endDue, .ended: true
        case .head, .length, .chunked, .stopped: false
        }
    }

    /// Whether the connection stands between two requests with nothing of the next one read.
    public var isIdle: Bool {
        if case .head = input { return !parser.hasStarted }
        return false
    }

    // MARK: Writing

    /// Frames the answer to the current request.
    ///
    /// - Parameter count: bytes of content, `nil` when unknown.
    public mutating func planResponse(_ status: HTTPStatus, count: Int?) -> ResponsePlan {
        let keepsAlive = (current?.keepsAlive ?? false) && !isDraining && restCanBeRead
        let plan = ResponsePlan(for: current, status: status, count: count, keepsAlive: keepsAlive)
        self.plan = plan
        return plan
    }

    /// The answer has been written to its end.
    public mutating func responseCompleted(at now: UInt64) -> Continuation {
        guard plan?.keepsAlive ?? false else {
            input = .stopped
            return .linger
        }
        plan = nil
        current = nil
        if isAtEnd {
            beginRequest()
        } else {
            responseIsDone = true
            discardsContent = true
            contentMax = .max
        }
        updatePatience(at: now, moved: false)
        return .nextRequest
    }

    /// From now on every answer says `Connection: close`.
    public mutating func drain() {
        isDraining = true
    }

    // MARK: Time

    /// When to call `expire`, in nanoseconds; `UInt64.max` for never.
    public var deadline: UInt64 { patience.deadline }

    /// What the passing of time asks for.
    public enum Expiry: Sendable, Equatable {
        case notYet
        case close
        /// Answer with this error (408), then linger and close.
        case refuse(HTTPError)
    }

    public mutating func expire(at now: UInt64) -> Expiry {
        guard now >= patience.deadline else { return .notYet }
        guard !patience.writingIsOverdue(at: now) else { return .close }
        switch patience.waiting {
        case .head:
            input = .stopped
            return .refuse(HTTPError(.requestTimeout, "the head of the request did not arrive in time"))
        case .content where !responseIsDone && plan == nil:
            input = .stopped
            return .refuse(HTTPError(.requestTimeout, "the content of the request did not arrive in time"))
        case .request, .content, .handler, .lingering:
            return .close
        }
    }

    /// A handler does not take content now, so the client is not to blame for its standing still.
    public mutating func holdContent(_ isHeld: Bool, at now: UInt64) {
        self.isHeld = isHeld
        updatePatience(at: now, moved: true)
    }

    public mutating func linger(at now: UInt64) {
        input = .stopped
        patience.linger(at: now)
    }

    /// Before the first request comes the handshake of TLS, with the time that a head has.
    public mutating func waitForHandshake(at now: UInt64) {
        patience.waitForHead(at: now)
    }

    public mutating func handshakeEnded(at now: UInt64) {
        patience.waitForRequest(at: now)
    }

    public mutating func writeProgressed(at now: UInt64) {
        patience.writeProgressed(at: now)
    }

    public mutating func writeFinished() {
        patience.writeFinished()
    }
}

extension ConnectionMachine {
    private mutating func read(_ bytes: borrowing Span<UInt8>, from offset: inout Int) throws(HTTPError) -> Event {
        while true {
            switch input {
            case .head:
                guard let head = try parser.parse(bytes, from: &offset) else { return .needsBytes }
                begin(head)
                return .head(head)
            case .length(let remaining):
                guard offset < bytes.count else { return .needsBytes }
                let count = min(remaining, bytes.count - offset)
                let range = offset..<(offset + count)
                offset += count
                input = count == remaining ? .endDue : .length(remaining: remaining - count)
                if !discardsContent { return .content(range) }
            case .chunked:
                switch try decoder.decode(bytes, from: &offset) {
                case .needsBytes: return .needsBytes
                case .end: input = .endDue
                case .data(let range):
                    contentCount += range.count
                    guard contentCount <= contentMax else { throw contentTooLarge("more") }
                    if !discardsContent { return .content(range) }
                }
            case .endDue:
                if responseIsDone {
                    beginRequest()
                } else {
                    input = .ended
                    return .end(trailers: decoder.trailers)
                }
            case .ended, .stopped:
                return .blocked
            }
        }
    }

    private mutating func begin(_ head: RequestHead) {
        current = AnswerTerms(head)
        contentCount = 0
        contentMax = limits.bodyBytesMax
        switch head.framing {
        case .none: input = .endDue
        case .length(let count): input = .length(remaining: count)
        case .chunked:
            decoder = ChunkedDecoder(limits: limits)
            input = .chunked
        }
    }

    private mutating func beginRequest() {
        parser.reset()
        if !decoder.trailers.isEmpty { decoder = ChunkedDecoder(limits: limits) }
        input = .head
        (discardsContent, responseIsDone, isHeld) = (false, false, false)
    }

    /// Whether what is left of the content is little enough to be read and thrown away behind the answer.
    private var restCanBeRead: Bool {
        switch input {
        case .endDue, .ended: true
        case .length(let remaining):
            remaining <= limits.discardedBytesMax && !(current?.expectsContinue ?? false)
        case .head, .chunked, .stopped: false
        }
    }

    private mutating func updatePatience(at now: UInt64, moved: Bool) {
        switch input {
        case .head:
            if parser.hasStarted { patience.waitForHead(at: now) } else { patience.waitForRequest(at: now) }
        case .length, .chunked:
            if isHeld { patience.waitForHandler() } else { patience.waitForContent(at: now, moved: moved) }
        case .endDue, .ended: patience.waitForHandler()
        case .stopped: break
        }
    }

    private func contentTooLarge(_ what: String) -> HTTPError {
        HTTPError(.contentTooLarge, "the content may have \(contentMax) bytes, the request has \(what)")
    }
}
