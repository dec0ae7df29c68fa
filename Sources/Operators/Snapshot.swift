import Synchronization
import TensorCore

/// The values of one version. Only the store changes a snapshot: before it is published, and to recycle it.
final class Snapshot: @unchecked Sendable {
    // Sendable because readers look at `values` alone, and these do not change from publication until the snapshot left the
    // store and nobody leases it, the lease count ordering the last reader before the writer; `marks` are looked at under the
    // store's lock, or once the snapshot left the store.
    let version: UInt64
    let step: Int64
    private(set) var values: [Tensor?]
    private var marks: [Mark]
    let leases = Atomic<Int>(0)

    private struct Mark {
        /// Whether someone outside holds the buffer, or has held it: it is never written again.
        var isGivenAway: Bool
        /// Whether no later snapshot shares the buffer.
        var isLastHolder = false
    }

    /// One without values.
    init(version: UInt64, step: Int64) {
        self.version = version
        self.step = step
        values = []
        marks = []
    }

    /// The same values, to be changed before this one is published; `old` is the current one.
    init(after old: Snapshot, version: UInt64? = nil, step: Int64? = nil) {
        self.version = version ?? old.version
        self.step = step ?? old.step
        values = old.values
        marks = old.marks
    }

    var slotCount: Int { values.count }

    /// Sets the value of a slot, or of the one behind the last.
    func set(_ slot: Int, to value: Tensor?, isGivenAway: Bool) {
        let mark = Mark(isGivenAway: isGivenAway)
        if slot == values.count {
            values.append(value)
            marks.append(mark)
        } else {
            values[slot] = value
            marks[slot] = mark
        }
    }

    /// The value of a slot for someone who may keep it.
    func giveAway(_ slot: Int) -> Tensor? {
        marks[slot].isGivenAway = true
        return values[slot]
    }

    /// Notes that the next snapshot has another value there.
    func markAsLastHolder(_ slot: Int) { marks[slot].isLastHolder = true }

    /// The buffer of a slot, for writing, when this snapshot was the last to hold it and nobody else does.
    func takeBuffer(_ slot: Int, _ spec: TensorSpec) -> Tensor? {
        guard slot < slotCount, marks[slot].isLastHolder, !marks[slot].isGivenAway, values[slot]?.spec == spec,
            var value = values[slot]
        else { return nil }
        values[slot] = nil
        return value.isUnique() ? value : nil
    }
}
