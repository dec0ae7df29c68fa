import Dispatch
import Synchronization

/// The dispatch-queue pool that owns all compute threads.
///
/// Work is cut into shares by its *size* alone, never by the number of threads, so a result is the same bit
/// for bit however many threads there are. Sharing out costs about 60 µs, so only work of some 200 µs or more is worth it.
public final class ComputePool: Sendable {
    /// One core's work below which a split does not pay, in multiply-adds of a matrix product.
    public static let splitMultiplyAdds = 10_000_000

    /// The pool everything uses unless it was given another.
    public static let shared = ComputePool()

    private let limit: Atomic<Int>

    /// - Parameter threads: how many threads may work on one task at a time; nil for one per core.
    public init(threads: Int? = nil) {
        limit = Atomic(max(1, threads ?? ComputePool.cores))
    }

    public static var cores: Int { max(1, System.coreCount) }

    /// How many threads may work on one task.
    public var threads: Int {
        get { limit.load(ordering: .relaxed) }
        set { limit.store(max(1, newValue), ordering: .relaxed) }
    }

    /// Runs `body` for every share in `0 ..< shares`, side by side where there are threads for it, and returns
    /// when all are done. The shares must be independent of each other.
    public func forEach(shares: Int, _ body: @Sendable (Int) -> Void) {
        let workers = min(threads, shares)
        guard workers > 1 else {
            for share in 0..<shares { body(share) }
            return
        }
        let next = Atomic<Int>(0)
        withoutActuallyEscaping(body) { body in
            let work = Worker(body)
            DispatchQueue.concurrentPerform(iterations: workers) { _ in
                while true {
                    let share = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard share < shares else { return }
                    work.body(share)
                }
            }
        }
    }

    private struct Worker: Sendable {
        let body: @Sendable (Int) -> Void
        init(_ body: @escaping @Sendable (Int) -> Void) { self.body = body }
    }
}
