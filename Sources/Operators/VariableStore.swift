import Locking
import Synchronization
import TensorCore

/// The values of all variables of one model, published together.
///
/// Readers take a lease of the current snapshot and see one version for as long as they hold it; a writer publishes the
/// next one without waiting for them. A snapshot that no one leases any more lends its buffers to the next
/// update, so training in a steady state allocates nothing.
public final class VariableStore: Sendable {
    private struct State: Sendable {
        var current = Snapshot(version: 1, step: 0, cells: [])
        var freeSlots: [Int] = []
        /// Former snapshots whose buffers may be written again, oldest first.
        var retired: [Snapshot] = []
    }

    private let state = Lock(State())

    public init() {}

    /// Rises with every publication of new values; 1 until the first.
    public var version: UInt64 { state.withLock { $0.current.version } }

    /// The number of training steps in the current values.
    public var step: Int64 { state.withLock { $0.current.step } }

    /// Holds the current snapshot until the lease ends.
    public func lease() -> SnapshotLease {
        SnapshotLease(
            state.withLock { state in
                state.current.leases.wrappingAdd(1, ordering: .relaxed)
                return state.current
            })
    }

    // MARK: Slots

    /// Adding and removing variables is no publication: the version stays.
    func addSlot(_ value: Tensor?) -> Int {
        state.withLock { state in
            var cells = state.current.cells
            let cell = Snapshot.Cell(value: value?.withFreshIdentity(), isGivenAway: true)
            let slot = state.freeSlots.popLast() ?? cells.count
            if slot == cells.count { cells.append(cell) } else { cells[slot] = cell }
            state.current = Snapshot(version: state.current.version, step: state.current.step, cells: cells)
            return slot
        }
    }

    func removeSlot(_ slot: Int) {
        state.withLock { state in
            var cells = state.current.cells
            cells[slot] = Snapshot.Cell(value: nil, isGivenAway: true)
            state.freeSlots.append(slot)
            state.current = Snapshot(version: state.current.version, step: state.current.step, cells: cells)
            state.retired.removeAll()
        }
    }

    /// The value in use now. Handing it out means that its buffer is never written again.
    func value(of variable: Variable) throws(TensorError) -> Tensor {
        let value = state.withLock { state -> Tensor? in
            state.current.cells[variable.slot].isGivenAway = true
            return state.current.cells[variable.slot].value
        }
        guard let value else { throw .uninitialized(variable: variable.name) }
        return value
    }

    // MARK: Publishing

    /// Publishes new values for some slots, all at once.
    ///
    /// - Parameter step: the number of training steps in the new values, nil to leave it.
    /// - Returns: the new version.
    @discardableResult
    public func publish(_ changes: [(slot: Int, value: Tensor)], step: Int64? = nil) -> UInt64 {
        state.withLock { state in
            let cells = changes.map { ($0.slot, Snapshot.Cell(value: $0.value.withFreshIdentity(), isGivenAway: true)) }
            return VariableStore.replaceCurrent(&state, changing: cells, step: step ?? state.current.step)
        }
    }

    /// Computes new values for `slots` from the current ones and publishes them together.
    ///
    /// `body` gets the current snapshot and memory to write into, one buffer per slot in the order of `slots`; nothing
    /// else sees that memory before it is published. When `body` throws, nothing changes.
    ///
    /// - Returns: what `body` returned, and the new version.
    /// - Throws: what `body` throws, or `TensorError.outOfMemory`.
    @discardableResult
    public func update<Result>(
        _ slots: [Int], steps: Int64 = 0,
        _ body: (borrowing SnapshotLease, [Tensor]) throws(TensorError) -> Result
    ) throws(TensorError) -> (result: Result, version: UInt64) {
        let lease = lease()
        let targets = try takeBuffers(for: slots, like: lease.snapshot)
        let result = try body(lease, targets)
        let version = state.withLock { state in
            // What else was published meanwhile stays; these slots get the new values.
            let cells = zip(slots, targets).map { slot, target in
                (slot, Snapshot.Cell(value: target.withFreshIdentity(), isGivenAway: false))
            }
            return VariableStore.replaceCurrent(&state, changing: cells, step: state.current.step + steps)
        }
        return (result, version)
    }

    /// Buffers of a retired snapshot that nobody leases, or new ones.
    private func takeBuffers(for slots: [Int], like snapshot: Snapshot) throws(TensorError) -> [Tensor] {
        let spare: Snapshot? = state.withLock { state in
            guard let index = state.retired.firstIndex(where: { $0.leases.load(ordering: .acquiring) == 0 }) else {
                return nil
            }
            return state.retired.remove(at: index)
        }
        var buffers: [Tensor] = []
        buffers.reserveCapacity(slots.count)
        for slot in slots {
            guard let spec = snapshot.cells[slot].value?.spec else {
                throw .uninitialized(variable: "in slot \(slot)")
            }
            if let old = spare?.takeBuffer(slot, spec) {
                buffers.append(old)
            } else {
                buffers.append(try Tensor(uninitialized: spec))
            }
        }
        return buffers
    }

    /// Retired snapshots that are kept for their buffers: those being read, and one to be written.
    private static let retiredMax = 3

    private static func replaceCurrent(
        _ state: inout State, changing changes: [(Int, Snapshot.Cell)], step: Int64
    ) -> UInt64 {
        let old = state.current
        var cells = old.cells
        for (slot, cell) in changes {
            cells[slot] = cell
            old.cells[slot].isLastHolder = true
        }
        state.current = Snapshot(version: old.version + 1, step: step, cells: cells)
        state.retired.append(old)
        if state.retired.count > retiredMax { state.retired.removeFirst() }
        return state.current.version
    }
}

/// The values of one version. Only the store changes a snapshot, and only to recycle it.
final class Snapshot: @unchecked Sendable {
    // Sendable because `cells` changes only under the store's lock or once the snapshot left it, and its values only
    // when there is no lease: the lease count orders the last reader before the writer.
    struct Cell {
        var value: Tensor?
        /// Whether someone outside holds the buffer, or has held it: it is never written again.
        var isGivenAway: Bool
        /// Whether no later snapshot shares the buffer.
        var isLastHolder = false
    }

    let version: UInt64
    let step: Int64
    fileprivate(set) var cells: [Cell]
    let leases = Atomic<Int>(0)

    init(version: UInt64, step: Int64, cells: [Cell]) {
        self.version = version
        self.step = step
        self.cells = cells
    }

    /// The buffer of a slot, for writing, when this snapshot was the last to hold it and nobody else does.
    fileprivate func takeBuffer(_ slot: Int, _ spec: TensorSpec) -> Tensor? {
        guard slot < cells.count, cells[slot].isLastHolder, !cells[slot].isGivenAway,
            cells[slot].value?.spec == spec, var value = cells[slot].value
        else { return nil }
        cells[slot].value = nil
        return value.isUnique() ? value : nil
    }
}

/// A hold on one version of all values. While it lives, none of its buffers is written.
public struct SnapshotLease: ~Copyable, Sendable {
    let snapshot: Snapshot

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    deinit { snapshot.leases.wrappingSubtract(1, ordering: .releasing) }

    public var version: UInt64 { snapshot.version }
    public var step: Int64 { snapshot.step }

    /// The value of `variable` itself, not a copy: it is let go before the lease ends. Nil before it has one, and for a
    /// variable that was made after the snapshot, whose slot may have been another's then.
    public func value(of variable: Variable) -> Tensor? {
        guard variable.slot < snapshot.cells.count, let value = snapshot.cells[variable.slot].value,
            value.spec == variable.spec
        else { return nil }
        return value
    }

    /// A copy of the value of `variable` that outlives the lease; nil as ``value(of:)`` is.
    public func copy(of variable: Variable) throws(TensorError) -> Tensor? { try value(of: variable)?.copied() }
}
