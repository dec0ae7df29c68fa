import Operators
import Synchronization
import TensorCore

/// A traced call, with what is known of how long it takes.
final class CallPlan: Sendable {
    let plan: Plan
    /// Whether rows of different calls may go through one run: at inference, where no example looks at another, and where
    /// every input and output has the batch first.
    let canShare: Bool
    /// Nanoseconds per example in the last run; 0 before the first.
    private let nanosecondsPerRow = Atomic<UInt64>(0)

    init(_ plan: Plan, treatsExamplesAlone: Bool) {
        self.plan = plan
        canShare =
            treatsExamplesAlone && !plan.inputs.isEmpty
            && (plan.inputs + plan.outputs).allSatisfy { $0.rank > 0 && $0.shape[0] < 0 }
    }

    /// Work of less than this ends on the event loop; more goes to the pool, where it holds nobody up.
    static let quickNanoseconds: UInt64 = 20_000

    func isQuick(rows: Int) -> Bool {
        let each = nanosecondsPerRow.load(ordering: .relaxed)
        return each > 0 && each &* UInt64(max(1, rows)) < CallPlan.quickNanoseconds
    }

    /// Keeps how long a run took.
    func note(_ elapsed: Duration, rows: Int) {
        let (seconds, attoseconds) = elapsed.components
        let nanoseconds = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000).partialValue
        let all = nanoseconds &+ UInt64(clamping: attoseconds / 1_000_000_000)
        nanosecondsPerRow.store(all / UInt64(max(1, rows)) + 1, ordering: .relaxed)
    }

    func run(_ inputs: [Tensor], on store: VariableStore, rows: Int) throws -> CallResult {
        let lease = store.lease()
        let start = ContinuousClock.now
        let outputs = try plan.run(inputs, on: lease)
        note(ContinuousClock.now - start, rows: rows)
        return CallResult(outputs: outputs, step: lease.step, version: lease.version)
    }

    /// What plans are kept for: inputs with the extent of the batch left open.
    struct Key: Hashable {
        let inputs: [TensorSpec]
        let training: Bool
        /// Whether a row's answer may not depend on its companions, to the last bit.
        let isExact: Bool

        /// The key for inputs such as these.
        init(_ inputs: [TensorSpec], training: Bool, isExact: Bool) {
            self.isExact = isExact
            self.inputs = inputs.map { spec in
                spec.rank > 0 ? spec.with(spec.shape.replacing(0, with: Shape.unknown)) : spec
            }
            self.training = training
        }
    }
}
