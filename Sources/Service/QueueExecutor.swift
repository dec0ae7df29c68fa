import Dispatch

/// Runs an actor on a serial dispatch queue, off the cooperative threads of Swift's concurrency, which must never be held up.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter label: for debuggers.
    init(label: String) {
        // A target spares each model a thread of its own.
        queue = DispatchQueue(label: label, target: .global(qos: .userInitiated))
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
