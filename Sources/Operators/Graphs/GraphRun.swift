import TensorCore

/// An operator that does more than compute its outputs from its inputs: it reads or writes a variable, or draws a number.
public protocol StatefulOperator: Operator {
    /// Runs in a session.
    func evaluate(_ inputs: [Tensor], in run: inout GraphRun) throws(TensorError) -> [Tensor]
}

extension StatefulOperator {
    public var isStateful: Bool { true }

    public func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        throw .invalidArgument(operator: name, message: "runs in a session or a plan only")
    }
    public func gradients(_ pass: BackwardPass) -> [Tensor?] { pass.inputs.map { _ in nil } }
}

/// What one run of a graph carries: the variables as they stood when it began, what it has assigned since, and where its
/// random numbers come from. Its assignments are published together at its end, or not at all when it fails.
public struct GraphRun {
    /// The seed and the number of this run.
    public let random: RandomState

    private final class Lease {
        let snapshot: SnapshotLease
        init(_ store: VariableStore) { snapshot = store.lease() }
    }

    private var leases: [ObjectIdentifier: Lease] = [:]
    private var assigned: [ObjectIdentifier: (variable: Variable, value: Tensor)] = [:]
    private var order: [ObjectIdentifier] = []

    init(random: RandomState) { self.random = random }

    /// What was last assigned in this run, or else the value at its beginning.
    public mutating func value(of variable: Variable) throws(TensorError) -> Tensor {
        if let known = assigned[ObjectIdentifier(variable)] { return known.value }
        let key = ObjectIdentifier(variable.store)
        let lease = leases[key] ?? Lease(variable.store)
        leases[key] = lease
        guard let value = try lease.snapshot.copy(of: variable) else { throw .uninitialized(variable: variable.name) }
        return value
    }

    public mutating func assign(_ value: Tensor, to variable: Variable) throws(TensorError) {
        try variable.requireFitting(value.spec)
        let key = ObjectIdentifier(variable)
        if assigned.updateValue((variable, value), forKey: key) == nil { order.append(key) }
    }

    /// Makes the assignments take effect, those of one store together.
    func publish() {
        var changes: [ObjectIdentifier: [(slot: Int, value: Tensor)]] = [:]
        var stores: [VariableStore] = []
        for (variable, value) in order.compactMap({ assigned[$0] }) {
            let key = ObjectIdentifier(variable.store)
            if changes[key] == nil { stores.append(variable.store) }
            changes[key, default: []].append((variable.slot, value))
        }
        for store in stores { store.publish(changes[ObjectIdentifier(store)] ?? []) }
    }
}
