import Locking

/// What happens to a job, in order, for whoever follows it: those who come late, and those who come back.
public final class JobEvents: Sendable {
    /// One event; its number rises from 1.
    public struct Event: Sendable {
        public let number: Int
        public let content: Content
    }

    public enum Content: Sendable {
        /// Its status changed.
        case status(JobDescription)
        /// Some steps were taken.
        case progress(JobDescription)
        /// An epoch is over, validation included.
        case epoch(JobDescription)
        case checkpoint(CheckpointDescription)
    }

    /// How many are kept for those who come later.
    static let kept = 1024

    private struct State: Sendable {
        var events: [Event] = []
        var count = 0
        var isOver = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var waits = 0
    }

    private let state = Lock(State())

    /// - Parameter isLast: whether nothing comes after it.
    func add(_ content: Content, isLast: Bool = false) {
        let waiting = state.withLock { state in
            state.count += 1
            state.events.append(Event(number: state.count, content: content))
            if state.events.count > JobEvents.kept { state.events.removeFirst(state.events.count - JobEvents.kept) }
            state.isOver = state.isOver || isLast
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Ends the stream where it is.
    func end() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// The events after one, as soon as there are any; nil when there will be none. Who is cancelled still gets those that
    /// there are, but waits for no more.
    ///
    /// - Parameter number: the last that is known; 0 for none.
    public func next(after number: Int) async -> [Event]? {
        while true {
            let (events, isOver) = state.withLock { state in
                (state.events.filter { $0.number > number }, state.isOver)
            }
            if !events.isEmpty { return events }
            if isOver || Task.isCancelled { return nil }
            await wait(after: number)
        }
    }

    private func wait(after number: Int) async {
        let ticket = state.withLock { state in
            state.waits += 1
            return state.waits
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.count > number || state.isOver || Task.isCancelled { return true }
                    state.waiting[ticket] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
    }
}
