import CLinux
import Dispatch
import Synchronization

/// The dispatch-queue pool that owns all compute threads.
///
/// Work is cut into shares by its *size* alone, never by the number of threads, so a result is the same bit
/// for bit however many threads there are. Sharing out costs about 60 µs, so only work of some 200 µs or more is worth it.
public final class ComputePool: Sendable {
    /// One core's work below which a split does not pay, in multiply-adds of a matrix product.
    public static let splitMultiplyAdds = 16_000_000

    /// The multiply-adds of one share: enough that handing it out does not show, little enough that threads end together.
    static let shareMultiplyAdds = 4_000_000

    /// Elements of a loop over memory below which a split does not pay: a megabyte in and out of the caches is some 100 µs.
    public static let splitElements = 1_000_000

    /// More shares than this bring no better balance.
    static let sharesMax = 32

    /// The pool everything uses unless it was given another.
    public static let shared = ComputePool()

    private let limit: Atomic<Int>
    let waiting = Atomic(0)
    let running = Atomic(0)

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

    /// Work that was started and has no thread yet.
    public var waitingCount: Int { waiting.load(ordering: .relaxed) }

    /// Work that threads are at; what shares it out counts once.
    public var runningCount: Int { running.load(ordering: .relaxed) }

    /// Whether the calling thread is at work on a share. What it shares out again runs on this thread alone, since the
    /// others have shares of their own.
    public static var isWorking: Bool { cl_thread_mark() != 0 }

    /// How many threads this one may share work with, itself included.
    var availableThreads: Int { ComputePool.isWorking ? 1 : threads }

    /// Into how many shares to cut work of so many multiply-adds; 1 where a split does not pay.
    static func shares(multiplyAdds: Int) -> Int {
        multiplyAdds < splitMultiplyAdds ? 1 : min(sharesMax, multiplyAdds / shareMultiplyAdds)
    }

    /// Into how many shares to cut a loop over so many elements.
    public static func shares(elements: Int) -> Int {
        elements < splitElements ? 1 : min(sharesMax, elements * 4 / splitElements)
    }

    /// The part of `0 ..< count` that falls to one share, in whole multiples of `grain` but for the last.
    public static func range(_ share: Int, of shares: Int, count: Int, grain: Int = 1) -> Range<Int> {
        let grains = (count + grain - 1) / grain
        let start = grains * share / shares * grain
        let end = grains * (share + 1) / shares * grain
        return min(start, count)..<min(end, count)
    }

    /// Runs `body` for every share in `0 ..< shares`, side by side where there are threads for it, and returns
    /// when all are done. The shares must be independent of each other.
    public func forEach(shares: Int, _ body: @Sendable (Int) -> Void) {
        forEach(shares: shares, workers: workers(for: shares)) { share, _ in body(share) }
    }

    /// As ``forEach(shares:_:)``, with `scratchByteCount` bytes of memory that only one share uses at a time.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    func forEach(
        shares: Int, scratchByteCount: Int, _ body: @Sendable (Int, UnsafeMutableRawPointer) -> Void
    ) throws(TensorError) {
        let workers = workers(for: shares)
        let (byteCount, isTooLarge) = scratchByteCount.multipliedReportingOverflow(by: workers)
        guard !isTooLarge else { throw .outOfMemory(byteCount: Int.max) }
        let scratch = try Scratch(byteCount: byteCount)
        nonisolated(unsafe) let memory = scratch.pointer
        forEach(shares: shares, workers: workers) { share, worker in body(share, memory + worker * scratchByteCount) }
        _ = consume scratch
    }

    private func workers(for shares: Int) -> Int { max(1, min(availableThreads, shares)) }

    private func forEach(shares: Int, workers: Int, _ body: @Sendable (_ share: Int, _ worker: Int) -> Void) {
        guard workers > 1 else {
            for share in 0..<shares { body(share, 0) }
            return
        }
        let next = Atomic<Int>(0)
        withoutActuallyEscaping(body) { body in
            let work = Worker(body)
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                cl_set_thread_mark(1)
                defer { cl_set_thread_mark(0) }
                while true {
                    let share = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard share < shares else { return }
                    work.body(share, worker)
                }
            }
        }
    }

    private struct Worker: Sendable {
        let body: @Sendable (Int, Int) -> Void
        init(_ body: @escaping @Sendable (Int, Int) -> Void) { self.body = body }
    }
}
