/// What a connection is waiting for, since when, and until when it will.
///
/// Times are nanoseconds of a monotonic clock that the caller reads; `UInt64.max` is never.
struct ConnectionPatience: Sendable {
    enum Waiting: Equatable {
        /// For the first byte of a request.
        case request(since: UInt64)
        case head(since: UInt64)
        case content(since: UInt64, progress: UInt64)
        /// For the handler, or for a handler that holds the content back: no client's fault.
        case handler
        /// For the client to read a last answer and go.
        case lingering(since: UInt64, progress: UInt64)
    }

    private(set) var waiting: Waiting
    private var writing: UInt64?
    private let header: UInt64
    private let body: UInt64
    private let bodyDeadline: UInt64
    private let idle: UInt64
    private let write: UInt64
    private let linger: UInt64
    private let lingerDeadline: UInt64

    init(_ timeouts: HTTPTimeouts, at now: UInt64) {
        waiting = .request(since: now)
        header = timeouts.header.nanoseconds
        body = timeouts.body.nanoseconds
        bodyDeadline = timeouts.bodyDeadline.nanoseconds
        idle = timeouts.idle.nanoseconds
        write = timeouts.write.nanoseconds
        linger = timeouts.linger.nanoseconds
        lingerDeadline = timeouts.lingerDeadline.nanoseconds
    }

    /// The earlier of what reading and writing allow.
    var deadline: UInt64 {
        let reading: UInt64 =
            switch waiting {
            case .request(let since): since &+ idle
            case .head(let since): since &+ header
            case .content(let since, let progress): min(progress &+ body, since &+ bodyDeadline)
            case .handler: .max
            case .lingering(let since, let progress): min(progress &+ linger, since &+ lingerDeadline)
            }
        guard let writing else { return reading }
        return min(reading, writing &+ write)
    }

    func writingIsOverdue(at now: UInt64) -> Bool {
        writing.map { now >= $0 &+ write } ?? false
    }

    mutating func waitForRequest(at now: UInt64) {
        if case .request = waiting { return }
        waiting = .request(since: now)
    }

    mutating func waitForHead(at now: UInt64) {
        if case .head = waiting { return }
        waiting = .head(since: now)
    }

    /// - Parameter moved: whether bytes have just arrived.
    mutating func waitForContent(at now: UInt64, moved: Bool) {
        guard case .content(let since, let progress) = waiting else {
            waiting = .content(since: now, progress: now)
            return
        }
        waiting = .content(since: since, progress: moved ? now : progress)
    }

    mutating func waitForHandler() {
        waiting = .handler
    }

    mutating func linger(at now: UInt64) {
        guard case .lingering(let since, _) = waiting else {
            waiting = .lingering(since: now, progress: now)
            return
        }
        waiting = .lingering(since: since, progress: now)
    }

    /// Output is waiting for the client to take it, and some of it just was.
    mutating func writeProgressed(at now: UInt64) {
        writing = now
    }

    mutating func writeFinished() {
        writing = nil
    }
}
