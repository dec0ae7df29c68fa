import Dispatch
import Glibc

/// Where time comes from: the system's clocks when serving, a clock that the test moves when testing.
public protocol TimeSource: AnyObject, Sendable {
    /// Nanoseconds of a clock that never goes back.
    func now() -> UInt64

    /// Wall time, in whole seconds and nanoseconds since 1970, UTC.
    func wallTime() -> (seconds: Int64, nanoseconds: Int64)

    /// Runs `action` once, on a thread of the clock's own, when `now()` has reached `deadline`.
    func schedule(at deadline: UInt64, _ action: @escaping @Sendable () -> Void) -> any ScheduledAction
}

/// An action that waits for its time.
public protocol ScheduledAction: Sendable {
    /// The action will not run, unless it is running already.
    func cancel()
}

/// The system's clocks; timers are Dispatch sources.
public final class SystemTime: TimeSource {
    public init() {}

    public func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    public func wallTime() -> (seconds: Int64, nanoseconds: Int64) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return (Int64(time.tv_sec), Int64(time.tv_nsec))
    }

    public func schedule(at deadline: UInt64, _ action: @escaping @Sendable () -> Void) -> any ScheduledAction {
        let now = now()
        let delay = deadline > now ? Int(clamping: deadline - now) : 0
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + .nanoseconds(delay))
        let scheduled = DispatchScheduledAction(timer)
        timer.setEventHandler {
            action()
            scheduled.cancel()
        }
        timer.activate()
        return scheduled
    }
}

private final class DispatchScheduledAction: ScheduledAction, @unchecked Sendable {
    // Sendable because a Dispatch source may be cancelled from any thread, and nothing else is done to it.
    private let timer: any DispatchSourceTimer

    init(_ timer: any DispatchSourceTimer) {
        self.timer = timer
    }

    func cancel() {
        timer.cancel()
    }
}
