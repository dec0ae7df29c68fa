import Locking
import Telemetry

/// A clock that the test moves: nothing happens until `advance`, and then in order.
public final class ManualTime: TimeSource {
    private struct Entry {
        let deadline: UInt64
        let number: Int
        let action: @Sendable () -> Void
    }

    private struct State {
        var now: UInt64 = 1_000_000_000
        var entries: [Entry] = []
        var number = 0
    }

    private let state = Lock(State())

    public init() {}

    public func now() -> UInt64 { state.withLock { $0.now } }

    /// The first seconds of 2026, and as many more as have been advanced.
    public func wallTime() -> (seconds: Int64, nanoseconds: Int64) {
        let now = now()
        return (1_767_225_600 + Int64(now / 1_000_000_000), Int64(now % 1_000_000_000))
    }

    public func schedule(at deadline: UInt64, _ action: @escaping @Sendable () -> Void) -> any ScheduledAction {
        let number = state.withLock { state in
            state.number += 1
            state.entries.append(Entry(deadline: deadline, number: state.number, action: action))
            return state.number
        }
        return Cancellation { [state] in state.withLock { $0.entries.removeAll { $0.number == number } } }
    }

    /// Runs, on the calling thread, everything that falls due.
    public func advance(by duration: Duration) {
        let target = state.withLock { $0.now + UInt64(duration / .nanoseconds(1)) }
        while let entry = takeNext(until: target) { entry.action() }
        state.withLock { $0.now = target }
    }

    private func takeNext(until target: UInt64) -> Entry? {
        state.withLock { state in
            let due = state.entries.filter { $0.deadline <= target }
            guard let next = due.min(by: { ($0.deadline, $0.number) < ($1.deadline, $1.number) }) else { return nil }
            state.entries.removeAll { $0.number == next.number }
            state.now = max(state.now, next.deadline)
            return next
        }
    }
}

private struct Cancellation: ScheduledAction {
    let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) {
        self.action = action
    }

    func cancel() { action() }
}
