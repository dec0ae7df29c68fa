import Formats
import Layers
import Operators
import TensorCore

/// Where a model's Network lives, and the only place from which it is touched: building, tracing and looking at layers
/// happen one after the other on the model's own queue. Calls do not come here; they run plans.
actor ModelCore {
    private let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let modelName: String
    let network: Network
    let context: Context
    let store: VariableStore
    /// What dropout and its like follow from.
    let seed: UInt64

    /// Whether calls leave states for the calls after them.
    nonisolated let keepsStates: Bool

    /// Who alone may change the variables at present.
    var holder: (any VariableHolder)?
    /// The optimizer and its programs, once there was need of them.
    var currentTrainer: Trainer?
    /// The state of an optimizer that is yet to be built.
    var waitingSlots: SlotSource?

    /// Makes the network of a spec, not yet built.
    init(name: String, spec: ModelSpec, classes: NetworkClasses, store: VariableStore, parametersMax: Int) throws {
        executor = QueueExecutor(label: "strata.model.\(name)")
        modelName = name
        seed = spec.seed
        let count = ParameterCount(limit: parametersMax)
        let names = NameRegistry(seed: spec.seed).names { request, make in
            try count.add(request.shape)
            return try make(request)
        }
        let context = Context(store: store, names: names)
        let network = try context.bind { try classes.makeNetwork(spec, name: name) }
        self.network = network
        keepsStates = network.keepsStates
        self.context = context
        self.store = store
    }

    // MARK: Building and tracing

    var isBuilt: Bool { network.isBuilt }

    /// What a call takes, where the spec tells it.
    var inputPorts: [Port]? { network.inputPorts }

    /// What a call gives, by name; nil where the outputs have none.
    var outputNames: [String]? { network.outputNames }

    /// Traces a call; the first trace builds the network.
    func trace(_ key: CallPlan.Key) throws -> Plan {
        try context.with(product: key.isExact ? .exact : .fast).bind {
            try Plan(tracing: key.inputs, in: store, names: context.names) { placeholders in
                var options = CallOptions()
                if network.accepts.contains(.training) { options.training = key.training }
                return try network(Tensors(placeholders), options).array
            }
        }
    }

    /// Runs a call that leaves states. It happens here, one after the other, so that each begins with what the one before it
    /// left.
    func advance(_ plan: CallPlan, _ inputs: [Tensor], rows: Int, _ metrics: ModelMetrics) throws -> CallResult {
        try Task.checkCancellation()
        return try plan.advance(inputs, on: store, rows: rows, metrics)
    }

    /// Has the next call begin as the first did.
    func resetStates() throws {
        guard keepsStates else {
            throw ServiceError.conflict("model '\(modelName)' has no stateful layer, so it has no states to reset")
        }
        try context.bind { try network.resetStates() }
    }

    /// Traces the penalties on variables.
    func traceLosses() throws -> Plan {
        try context.bind { try Plan(tracing: [], in: store, names: context.names) { _ in try network.losses } }
    }

    /// Whether, at inference, the outputs for one example do not depend on those beside it.
    var treatsExamplesAlone: Bool { network.treatsExamplesAlone }

    // MARK: Looking

    var variables: [Variable] { network.variables }

    var trainableVariables: [Variable] { network.trainableVariables }

    var scopeName: String { get throws { try network.scopeName } }

    /// Which layer looks at the inputs first, for messages; nil when it is not the first that was tracked.
    func firstLayerName(for input: Shape?) -> String? {
        guard let layer = network.layers.first, let input, layer.latestShapes?.inputs == [input] else { return nil }
        return try? layer.name
    }

    /// The variables in the network's order, without values.
    var variableDescriptions: [VariableDescription] { describedVariables.map(\.description) }

    /// Those that are wanted, with their values, of one version.
    func variableDescriptions(withValuesWhere isWanted: @Sendable (VariableDescription) -> Bool) throws
        -> [VariableDescription]
    {
        let lease = store.lease()
        return try describedVariables.filter { isWanted($0.description) }.map { variable, description in
            var description = description
            description.value = try lease.copy(of: variable)
            return description
        }
    }

    private var describedVariables: [(variable: Variable, description: VariableDescription)] {
        let trainable = Set(network.trainableVariables.map(ObjectIdentifier.init))
        var seen: Set<ObjectIdentifier> = []
        return network.variables.filter { seen.insert(ObjectIdentifier($0)).inserted }.map { variable in
            let isTrainable = trainable.contains(ObjectIdentifier(variable))
            return (
                variable, VariableDescription(name: variable.name, spec: variable.spec, isTrainable: isTrainable)
            )
        }
    }

    /// Gives a variable another value, if the condition does not throw.
    func assign(_ value: Tensor, to name: String, if condition: () throws -> Void) throws {
        guard let variable = network.variables.first(where: { $0.name == name }) else {
            throw ServiceError.noSuchVariable(name, model: modelName)
        }
        try condition()
        try requireFree(for: "assign a variable")
        try variable.assign(value)
    }

    func layerDescriptions() -> [LayerDescription] { describe(network) }

    private func describe(_ network: Network) -> [LayerDescription] {
        network.layers.enumerated().map { index, layer in
            let shapes = layer.latestShapes
            return LayerDescription(
                name: (try? layer.name) ?? "", className: String(describing: type(of: layer)), index: index,
                isBuilt: layer.isBuilt, isTrainable: layer.isTrainable,
                parameters: layer.weights.reduce(0) { $0 + $1.spec.elementCount },
                inputShape: shapes?.inputs.first, outputShape: shapes?.outputs.first,
                variables: layer.weights.map(\.name), layers: (layer as? Network).map(describe) ?? [])
        }
    }

    /// Keeps values for variables that are still to be made; the step counts at once.
    func deferRestoration(
        from source: any RestoreSource, names: Set<String>, map: @escaping (String) -> String, slots: SlotSource,
        step: Int64
    ) throws {
        try requireFree(for: "restore it")
        try context.bind {
            try network.settleForRestoration()
            try network.deferRestoration(from: source, names: names, map: map)
        }
        waitingSlots = slots
        store.publish([], step: step)
    }
}

/// Counts the elements of a model's variables as they are made, before their memory is taken.
private final class ParameterCount: @unchecked Sendable {
    // Sendable because only the model's core calls it, one at a time.
    private let limit: Int
    private var count = 0

    init(limit: Int) { self.limit = limit }

    func add(_ shape: Shape) throws(ServiceError) {
        let (sum, overflow) = count.addingReportingOverflow(shape.elementCount)
        guard !overflow, sum <= limit else {
            throw .tooManyParameters(count: overflow ? Int.max : sum, limit: limit)
        }
        count = sum
    }
}
