import Dispatch

extension ComputePool {
    /// Runs `work` on one of the pool's threads, so that whoever awaits it is not held up.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            ComputePool.queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    /// Concurrent, and without the overcommit of a private queue: at most about one thread per core.
    private static let queue = DispatchQueue(
        label: "strata.compute", attributes: .concurrent, target: .global(qos: .userInitiated))
}
