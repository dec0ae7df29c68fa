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
        var current = Snapshot(version: 1, step: 0)
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
            let next = Snapshot(after: state.current)
            let slot = state.freeSlots.popLast() ?? next.slotCount
            next.set(slot, to: value?.withFreshIdentity(), isGivenAway: true)
            state.current = next
            return slot
        }
    }

    func removeSlot(_ slot: Int) {
        state.withLock { state in
            let next = Snapshot(after: state.current)
            next.set(slot, to: nil, isGivenAway: true)
            state.freeSlots.append(slot)
            state.current = next
            state.retired.removeAll()
        }
    }

    /// The value in use now. Handing it out means that its buffer is never written again.
    func value(of variable: Variable) throws(TensorError) -> Tensor {
        let value = state.withLock { state in state.current.giveAway(variable.slot) }
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
            VariableStore.replaceCurrent(
                &state, changing: changes, areGivenAway: true, step: step ?? state.current.step)
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
            VariableStore.replaceCurrent(
                &state, changing: zip(slots, targets), areGivenAway: false, step: state.current.step + steps)
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
            guard let spec = snapshot.values[slot]?.spec else {
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
        _ state: inout State, changing changes: some Sequence<(Int, Tensor)>, areGivenAway: Bool, step: Int64
    ) -> UInt64 {
        let old = state.current
        let next = Snapshot(after: old, version: old.version + 1, step: step)
        for (slot, value) in changes {
            next.set(slot, to: value.withFreshIdentity(), isGivenAway: areGivenAway)
            old.markAsLastHolder(slot)
        }
        state.current = next
        state.retired.append(old)
        if state.retired.count > retiredMax { state.retired.removeFirst() }
        return state.current.version
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
    public func value(of variable: Variable) -> Tensor? { value(inSlot: variable.slot, like: variable.spec) }

    func value(inSlot slot: Int, like spec: TensorSpec) -> Tensor? {
        guard slot < snapshot.slotCount, let value = snapshot.values[slot], value.spec == spec else { return nil }
        return value
    }

    /// A copy of the value of `variable` that outlives the lease; nil as ``value(of:)`` is.
    public func copy(of variable: Variable) throws(TensorError) -> Tensor? { try value(of: variable)?.copied() }
}
