import Operators
import TensorCore

/// A traced call, with what is known of how long it takes.
final class CallPlan: Sendable {
    let plan: Plan
    let key: Key
    /// Whether rows of different calls may go through one run: at inference, where no example looks at another, and where
    /// every input and output has the batch first.
    let canShare: Bool
    /// Whether a run leaves states for the next.
    let keepsStates: Bool
    let times = RunTimes()

    init(_ plan: Plan, _ key: Key, treatsExamplesAlone: Bool, keepsStates: Bool = false) {
        self.plan = plan
        self.key = key
        self.keepsStates = keepsStates && !key.training && !plan.writtenSlots.isEmpty
        canShare =
            treatsExamplesAlone && !plan.inputs.isEmpty
            && (plan.inputs + plan.outputs).allSatisfy { $0.rank > 0 && $0.shape[0] < 0 }
    }

    /// Work of less than this ends on the event loop; more goes to the pool, where it holds nobody up.
    static let quickNanoseconds: UInt64 = 20_000

    func isQuick(rows: Int) -> Bool {
        !keepsStates && times.nanoseconds(rows: rows).map { $0 < CallPlan.quickNanoseconds } ?? false
    }

    /// Runs on the current snapshot, and counts that.
    ///
    /// - Parameter calls: that share the run.
    func run(
        _ inputs: [Tensor], on store: VariableStore, rows: Int, calls: Int, _ metrics: ModelMetrics
    ) throws -> CallResult {
        let lease = store.lease()
        let start = metrics.time.now()
        let outputs = try plan.run(inputs, on: lease)
        let nanoseconds = metrics.time.now() &- start
        times.note(nanoseconds: nanoseconds, rows: rows)
        metrics.ran(nanoseconds: nanoseconds, examples: rows, calls: calls)
        return CallResult(outputs: outputs, step: lease.step, version: lease.version)
    }

    /// Runs on the current snapshot, and publishes the states that it leaves.
    func advance(_ inputs: [Tensor], on store: VariableStore, rows: Int, _ metrics: ModelMetrics) throws -> CallResult {
        let start = metrics.time.now()
        let (outputs, version) = try plan.update(inputs)
        metrics.ran(nanoseconds: metrics.time.now() &- start, examples: rows, calls: 1)
        return CallResult(outputs: outputs, step: store.step, version: version)
    }

    /// What plans are kept for: inputs with the extent of the batch left open, but for networks that keep states for each
    /// example.
    struct Key: Hashable {
        let inputs: [TensorSpec]
        let training: Bool
        /// Whether a row's answer may not depend on its companions, to the last bit.
        let isExact: Bool

        /// The key for inputs such as these.
        init(_ inputs: [TensorSpec], training: Bool, isExact: Bool, keepsBatch: Bool = false) {
            self.isExact = isExact
            self.inputs = inputs.map { spec in
                spec.rank > 0 && !keepsBatch ? spec.with(spec.shape.replacing(0, with: Shape.unknown)) : spec
            }
            self.training = training
        }

        /// Whether this is the key of such a call.
        func fits(_ given: [Tensor], training: Bool, isExact: Bool) -> Bool {
            guard given.count == inputs.count, training == self.training, isExact == self.isExact else { return false }
            return given.indices.allSatisfy {
                inputs[$0].dtype == given[$0].dtype && inputs[$0].shape.isKey(of: given[$0].shape)
            }
        }
    }
}

extension Shape {
    /// Whether both have equal extents, but for a batch, the first, that is left open here.
    fileprivate func isKey(of other: Shape) -> Bool {
        rank == other.rank && (0..<rank).allSatisfy { self[$0] == other[$0] || ($0 == 0 && self[$0] < 0) }
    }
}
