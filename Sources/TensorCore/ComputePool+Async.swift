import Dispatch
import Synchronization

extension ComputePool {
    /// Runs `work` on one of the pool's threads, so that whoever awaits it is not held up.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            start { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    /// Starts `work` on one of the pool's threads.
    public func start(_ work: @escaping @Sendable () -> Void) {
        waiting.wrappingAdd(1, ordering: .relaxed)
        ComputePool.queue.async {
            self.waiting.wrappingSubtract(1, ordering: .relaxed)
            self.perform(work)
        }
    }

    private func perform(_ work: () -> Void) {
        running.wrappingAdd(1, ordering: .relaxed)
        work()
        running.wrappingSubtract(1, ordering: .relaxed)
    }

    /// Starts `work` after a while.
    public func start(afterMilliseconds delay: Double, _ work: @escaping @Sendable () -> Void) {
        ComputePool.queue.asyncAfter(deadline: .now() + .nanoseconds(Int(delay * 1e6))) { self.perform(work) }
    }

    /// Concurrent, and without the overcommit of a private queue: at most about one thread per core.
    private static let queue = DispatchQueue(
        label: "strata.compute", attributes: .concurrent, target: .global(qos: .userInitiated))
}
