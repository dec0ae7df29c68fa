import CLinux
import Dispatch
import Glibc
import Locking
import TensorCore

/// A thread for work that takes long and may wait: the system gives it what others leave.
///
/// Calls that are answered meanwhile have the threads of the compute pool to themselves, and come first where cores are few:
/// a job on the pool's own threads would have each call wait for the end of a step. It ends with its last user.
final class BackgroundThread: Sendable {
    private final class Line: Sendable {
        let work = Lock<[@Sendable () -> Void]>([])
        /// Counts what there is to do; one more than there is work means that there will be none.
        let signal = DispatchSemaphore(value: 0)
    }

    private let line = Line()
    /// Whether there is one: where the system gives none, the work goes to the pool's.
    private let isRunning: Bool

    /// How much less of a contended core it gets: at 10 about a tenth of what others do.
    private static let niceness: Int32 = 10
    /// With so few cores, work is not shared out from here: each share would take a core from the calls.
    private static let coresMin = 3

    init() {
        let entry = Unmanaged.passRetained(line)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                BackgroundThread.work(through: Unmanaged<Line>.fromOpaque(argument).takeRetainedValue())
                return nil
            }, entry.toOpaque())
        isRunning = code == 0
        if isRunning { pthread_detach(thread) } else { entry.release() }
    }

    deinit { line.signal.signal() }

    private static func work(through line: Line) {
        // Of threads, not only of processes, on Linux.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        if ComputePool.shared.threads < coresMin { cl_set_thread_mark(1) }
        while true {
            line.signal.wait()
            guard let next = line.work.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
            next()
        }
    }

    /// Runs `work` on the thread, behind what is there already.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        guard isRunning else { return try await ComputePool.shared.run(work) }
        // A continuation orders what is before it and what comes after, but the thread sanitizer sees only that a lock does.
        let isDone = Lock(false)
        let result: Result = try await withCheckedThrowingContinuation { continuation in
            let job: @Sendable () -> Void = {
                let result = Swift.Result { try work() }
                isDone.withLock { $0 = true }
                continuation.resume(with: result)
            }
            line.work.withLock { $0.append(job) }
            line.signal.signal()
        }
        isDone.withLock { _ in }
        return result
    }
}
