import Locking
import TensorCore

/// A computation that is described before it runs.
///
/// Operators applied to symbolic tensors become operations here. What a fetch does not need is never run: a
/// ``Session`` or a ``Plan`` walks from the fetches back. A graph owns no operation; whoever holds a symbolic tensor holds
/// what it is computed from.
public final class Graph: Sendable {
    /// Where the variables that are made in this graph keep their values.
    public let store: VariableStore

    /// The names that layers and scopes have taken in this graph.
    public let names: (any ContextNames)?

    private struct State: Sendable {
        var operationCount = 0
        var nextDimension = Shape.unknown - 1
        var randomKeyCount: UInt64 = 0
        /// All tensors that read a variable here, the one that is handed out first.
        var reads: [ObjectIdentifier: [Tensor]] = [:]
        var writes: [ObjectIdentifier: (variable: Variable, value: Tensor)] = [:]
        var writeOrder: [ObjectIdentifier] = []
    }

    private let state = Lock(State())

    /// Whether assignments take effect within the graph, in the order of the program, to be collected by a plan.
    /// Otherwise an assignment is an operation that runs when it is fetched, as in TensorFlow 1.x.
    let collectsWrites: Bool

    /// Whether a plan is being traced here: a passing graph, of which nothing may be kept.
    public var isTrace: Bool { collectsWrites }

    /// The graph around this one, of which this is a part that is repeated; it gives the unknown extents their names.
    private let outer: Graph?

    public convenience init(store: VariableStore = VariableStore(), names: (any ContextNames)? = nil) {
        self.init(store: store, names: names, collectsWrites: false)
    }

    init(store: VariableStore, names: (any ContextNames)?, collectsWrites: Bool, within outer: Graph? = nil) {
        self.store = store
        self.names = names
        self.collectsWrites = collectsWrites
        self.outer = outer
    }

    /// Makes this the graph that operators are added to, for the length of `body`.
    public func asDefault<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let context = Context.currentOrDefault.with(graph: self).with(store: store)
        return try context.with(names: names ?? context.names).bind(body)
    }

    /// How many operations were added so far, including those that nothing holds any more.
    public var operationCount: Int { state.withLock { $0.operationCount } }

    /// An input of the graph, fed at each run. Anonymous unknown extents get a name of their own.
    public func placeholder(_ spec: TensorSpec, name: String = "Placeholder") throws(TensorError) -> Tensor {
        var shape = spec.shape
        for axis in 0..<shape.rank where shape[axis] == Shape.unknown { shape[axis] = freshDimension() }
        return try add(Placeholder(spec: spec.with(shape), label: name), [])[0]
    }

    /// A name for an extent of which nothing is known yet.
    public func freshDimension() -> Int {
        if let outer { return outer.freshDimension() }
        return state.withLock { state in
            defer { state.nextDimension -= 1 }
            return state.nextDimension
        }
    }

    /// The number of the next source of random numbers.
    func nextRandomKeyNumber() -> UInt64 {
        state.withLock { state in
            defer { state.randomKeyCount += 1 }
            return state.randomKeyCount
        }
    }

    /// Adds an operation; concrete inputs become constants.
    ///
    /// - Parameter controlInputs: operations that run before it, though it takes nothing from them.
    func add(
        _ op: some Operator, _ inputs: [Tensor], controlInputs: [GraphOperation] = []
    ) throws(TensorError) -> [Tensor] {
        var symbolic: [Tensor] = []
        symbolic.reserveCapacity(inputs.count)
        for input in inputs {
            if let output = input.symbolicOutput {
                guard output.operation.graph === self else { throw .graphMismatch(operator: op.name) }
                symbolic.append(input)
            } else {
                symbolic.append(constant(input))
            }
        }
        let specs = try op.outputSpecs(symbolic.map(\.spec))
        return makeOperation(op, symbolic, specs, controlInputs.filter { $0.graph === self })
    }

    private func constant(_ tensor: Tensor) -> Tensor {
        makeOperation(Constant(value: tensor), [], [tensor.spec], [])[0]
    }

    private func makeOperation(
        _ op: some Operator, _ inputs: [Tensor], _ specs: [TensorSpec], _ controlInputs: [GraphOperation]
    ) -> [Tensor] {
        let index = state.withLock { state in
            state.operationCount += 1
            return state.operationCount - 1
        }
        return GraphOperation(
            graph: self, op: op, inputs: inputs, controlInputs: controlInputs, outputSpecs: specs, index: index
        ).outputs
    }

    // MARK: Variables

    /// What reading `variable` gives here: one operation for all reads, or what was last assigned. After other operations
    /// that were named as control dependencies it is read anew.
    func read(_ variable: Variable, after controlInputs: [GraphOperation] = []) throws(TensorError) -> Tensor {
        let key = ObjectIdentifier(variable)
        if controlInputs.isEmpty, let known = state.withLock({ $0.writes[key]?.value ?? $0.reads[key]?.first }) {
            return known
        }
        if collectsWrites, let written = state.withLock({ $0.writes[key]?.value }) { return written }
        let read = try add(ReadVariable(variable: variable), [], controlInputs: controlInputs)[0]
        state.withLock { state in
            // The first one is handed out to whoever names no dependencies, so it must have none.
            if controlInputs.isEmpty {
                state.reads[key, default: []].insert(read, at: 0)
            } else {
                state.reads[key, default: []].append(read)
            }
        }
        return read
    }

    /// Notes an assignment in a graph that collects them.
    func write(_ variable: Variable, _ value: Tensor) -> Tensor {
        let symbolic = value.isSymbolic ? value : constant(value)
        let key = ObjectIdentifier(variable)
        state.withLock { state in
            if state.writes.updateValue((variable, symbolic), forKey: key) == nil { state.writeOrder.append(key) }
        }
        return symbolic
    }

    /// The assignments collected so far, in the order of their first occurrence.
    var collectedWrites: [(variable: Variable, value: Tensor)] {
        state.withLock { state in state.writeOrder.compactMap { state.writes[$0] } }
    }

    /// All tensors that read `variable` here.
    func readsOf(_ variable: Variable) -> [Tensor] { state.withLock { $0.reads[ObjectIdentifier(variable)] ?? [] } }
}

/// An input of a graph.
struct Placeholder: Operator {
    let spec: TensorSpec
    let label: String
    var name: String { label }

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { [spec] }
    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        throw .invalidArgument(operator: label, message: "the placeholder was not fed")
    }
    func gradients(_ pass: BackwardPass) -> [Tensor?] { [] }
}

/// A value that was known when the graph was built.
struct Constant: Operator {
    let value: Tensor

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { [value.spec] }
    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        outputs[0].pointer.copyMemory(from: value.pointer, byteCount: value.spec.byteCount)
    }
    func evaluate(_ inputs: [Tensor]) -> [Tensor] { [value] }
    func gradients(_ pass: BackwardPass) -> [Tensor?] { [] }
}
