import Dispatch
import HTTPTestSupport
import Locking
import Telemetry
import Testing

/// A clock …
struct TimeSourceTests {
    @Test func runsActionsInTheOrderOfTheirDeadlines() {
        let time = ManualTime()
        let log = Lock<[Int]>([])
        let start = time.now()
        for second in [3, 1, 2] {
            _ = time.schedule(at: start + UInt64(second) * 1_000_000_000) { log.withLock { $0.append(second) } }
        }
        time.schedule(at: start + 1_500_000_000) { log.withLock { $0.append(99) } }.cancel()
        time.advance(by: .milliseconds(2_500))
        #expect(log.withLock { $0 } == [1, 2])
        time.advance(by: .seconds(1))
        #expect(log.withLock { $0 } == [1, 2, 3])
    }

    @Test func ofTheSystemRunsWhatIsDue() {
        let time = SystemTime()
        let done = DispatchSemaphore(value: 0)
        _ = time.schedule(at: time.now()) { done.signal() }
        #expect(done.wait(timeout: .now() + 10) == .success)
    }
}
