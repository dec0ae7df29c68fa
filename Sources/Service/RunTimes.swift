import Synchronization

/// How long runs of a plan take, by their size: what holds for one example says little of a hundred, and the other way
/// round.
final class RunTimes: Sendable {
    /// Of sizes from one power of two to the next.
    private final class OfSize: Sendable {
        /// Nanoseconds per example in the last run; 0 before the first.
        let last = Atomic<UInt64>(0)
        /// In the better one of the last two. One run may be held up by whatever else the machine does, two in a row are not.
        let better = Atomic<UInt64>(0)
    }

    private let sizes = (0...RunTimes.sizeMax).map { _ in OfSize() }

    /// All runs of more than 2¹⁶ examples are taken for alike.
    private static let sizeMax = 16

    /// Keeps how long a run of so many examples took.
    func note(nanoseconds: UInt64, rows: Int) {
        let size = size(rows)
        let each = max(1, nanoseconds / UInt64(max(1, rows)))
        let last = size.last.exchange(each, ordering: .relaxed)
        size.better.store(last == 0 ? each : min(last, each), ordering: .relaxed)
    }

    /// What a run of so many examples will take; nil before there was one of about that size.
    func nanoseconds(rows: Int) -> UInt64? {
        let each = size(rows).better.load(ordering: .relaxed)
        return each == 0 ? nil : each.multipliedReportingOverflow(by: UInt64(max(1, rows))).partialValue
    }

    private func size(_ rows: Int) -> OfSize {
        sizes[min(RunTimes.sizeMax, Int.bitWidth - 1 - max(1, rows).leadingZeroBitCount)]
    }
}
