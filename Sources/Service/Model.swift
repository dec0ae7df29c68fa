import Formats
import Layers
import Locking
import Operators
import Telemetry
import TensorCore

/// One network held by the service, with its variables and its plans.
public final class Model: Sendable {
    public let name: String
    public let spec: ModelSpec
    /// RFC 3339, in UTC.
    public let createdAt: String
    /// Tells this model from others of its name, those before a restart among them.
    public let incarnation = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let store = VariableStore()
    let core: ModelCore
    public let metrics: ModelMetrics

    private struct State: Sendable {
        var signature: CallSignature
        var settings: ModelSettings
        var settingsVersion: UInt64 = 0
        /// The version that a restart would bring back.
        var savedVersion: UInt64 = 1
    }

    private let state: Lock<State>
    private let queue: CallQueue
    /// The training requests that were applied.
    public let ledger = IdempotencyLedger()
    /// Training steps that wait or run, and how many may.
    let steps = Lock(0)
    let stepsMax: Int

    /// Makes the model, and builds it when its spec tells the shape of its inputs.
    static func make(
        name: String, spec: ModelSpec, classes: NetworkClasses, createdAt: String, limits: ServiceLimits,
        time: any TimeSource = SystemTime()
    ) async throws -> Model {
        let model = try Model(name, spec, classes, createdAt, limits, time)
        if let ports = await model.core.inputPorts {
            do {
                _ = try await model.plan(for: model.key(ports.map(\.spec)))
            } catch TensorError.symbolic {
                // Some layer must know more of its input than the spec tells, so the first call builds the model.
            }
        }
        return model
    }

    private init(
        _ name: String, _ spec: ModelSpec, _ classes: NetworkClasses, _ createdAt: String, _ limits: ServiceLimits,
        _ time: any TimeSource
    ) throws {
        metrics = ModelMetrics(time: time)
        queue = CallQueue(model: name, limit: limits.queueMax, store: store, metrics: metrics)
        stepsMax = limits.queueMax
        state = Lock(State(signature: CallSignature(batching: spec.settings.batching), settings: spec.settings))
        self.name = name
        self.spec = spec
        self.createdAt = createdAt
        core = try ModelCore(
            name: name, spec: spec, classes: classes, store: store, parametersMax: limits.parametersMax)
    }

    /// What can be changed while it serves.
    public var settings: ModelSettings {
        get { state.withLock { $0.settings } }
        set {
            state.withLock { state in
                state.settings = newValue
                state.signature = state.signature.with(newValue.batching)
                state.settingsVersion += 1
            }
        }
    }

    /// Rises with every change of the settings.
    public var settingsVersion: UInt64 { state.withLock { $0.settingsVersion } }

    // MARK: Calling

    /// What a call takes and gives.
    public var signature: CallSignature { state.withLock { $0.signature } }

    /// What a call takes, in order; nil before the model is built.
    public var inputs: [ModelDescription.Port]? { signature.inputs }

    /// What a call gives, in order; empty before the model is built.
    public var outputs: [ModelDescription.Port] { signature.outputs }

    /// Runs the model on one snapshot of its variables. Nothing is published, whatever `training` says, but the states that
    /// stateful layers leave at inference.
    public func call(_ inputs: [Tensor], training: Bool = false) async throws -> CallResult {
        do {
            return try await run(inputs, training: training)
        } catch {
            metrics.failed(error)
            throw error
        }
    }

    /// As ``call(_:training:)``, if that is done so quickly that no other caller needs to notice; nil if it may not be.
    ///
    /// - Parameter signature: the model's own, of a moment ago.
    public func callAtOnce(_ inputs: [Tensor], training: Bool, _ signature: CallSignature) throws -> CallResult? {
        let rows = Model.rows(inputs)
        guard let plan = signature.plan(for: inputs, training: training), plan.isQuick(rows: rows) else { return nil }
        do {
            try signature.check(inputs, of: name)
            return try plan.run(inputs, on: store, rows: rows, calls: 1, metrics)
        } catch {
            metrics.failed(error)
            throw error
        }
    }

    /// As ``call(_:training:)``, without a task; nil if the model must look at such inputs first, or keeps states of them.
    ///
    /// - Parameter signature: the model's own, of a moment ago.
    /// - Returns: what starts the call; `deliver` gets its result once, on whatever thread. What that returns makes the caller
    ///   leave.
    public func callOnPool(
        _ inputs: [Tensor], training: Bool, _ signature: CallSignature
    ) throws(ServiceError) -> (
        @Sendable (_ deliver: @escaping @Sendable (Result<CallResult, any Error>) -> Void) -> @Sendable () -> Void
    )? {
        guard let plan = signature.plan(for: inputs, training: training), !plan.keepsStates else { return nil }
        do throws(ServiceError) { try signature.check(inputs, of: name) } catch {
            metrics.failed(error)
            throw error
        }
        return { [queue, metrics] deliver in
            queue.start(plan, inputs, rows: Model.rows(inputs), signature.batching) { result in
                if case .failure(let error) = result { metrics.failed(error) }
                deliver(result)
            }
        }
    }

    private func run(_ inputs: [Tensor], training: Bool) async throws -> CallResult {
        let signature = signature
        try signature.check(inputs, of: name)
        let known = signature.plan(for: inputs, training: training)
        let batching = signature.batching
        let plan =
            if let known {
                known
            } else {
                try await plan(for: key(inputs.map(\.spec), training: training, batching))
            }
        let rows = Model.rows(inputs)
        if plan.keepsStates {
            let isSaved = !hasUnsavedValues
            let result = try await core.advance(plan, inputs, rows: rows, metrics)
            // States are not saved, so they are nothing to save either.
            if isSaved { noteSaved(version: result.version) }
            return result
        }
        if plan.isQuick(rows: rows) { return try plan.run(inputs, on: store, rows: rows, calls: 1, metrics) }
        return try await queue.call(plan, inputs, rows: rows, batching)
    }

    /// Examples in a call.
    private static func rows(_ inputs: [Tensor]) -> Int { inputs.first.map { $0.rank > 0 ? $0.shape[0] : 1 } ?? 1 }

    /// What the plan of a call at inference is kept for.
    func key(_ inputs: [TensorSpec]) -> CallPlan.Key { key(inputs, training: false, signature.batching) }

    private func key(_ inputs: [TensorSpec], training: Bool, _ batching: Batching) -> CallPlan.Key {
        CallPlan.Key(inputs, training: training, isExact: batching.isExact, keepsBatch: core.keepsStates)
    }

    /// The plan for inputs of this kind, traced if there is none yet; many callers at once cause one trace.
    func plan(for key: CallPlan.Key) async throws -> CallPlan {
        let traced = try await core.trace(key)
        let plan = CallPlan(
            traced, key, treatsExamplesAlone: await core.treatsExamplesAlone && !key.training,
            keepsStates: core.keepsStates)
        let layer = await core.firstLayerName(for: plan.plan.inputs.first?.shape)
        let (given, names) = (await core.inputPorts, await core.outputNames)
        return state.withLock { state in
            if let known = state.signature.plan(for: key) { return known }
            if state.signature.inputs == nil {
                state.signature = CallSignature(
                    inputs: given.map { $0.map { ModelDescription.Port(name: $0.name, spec: $0.spec) } }
                        ?? Model.ports("inputs", plan.plan.inputs),
                    outputs: Model.ports("outputs", plan.plan.outputs, names: names), firstLayerName: layer,
                    batching: state.signature.batching)
            }
            state.signature = state.signature.adding(plan)
            return plan
        }
    }

    private static func ports(
        _ name: String, _ specs: [TensorSpec], names: [String]? = nil
    ) -> [ModelDescription.Port] {
        specs.enumerated().map { index, spec in
            let standard = specs.count == 1 ? name : "\(name)_\(index)"
            return ModelDescription.Port(name: names?.dropFirst(index).first ?? standard, spec: spec)
        }
    }

    /// Calls that wait for a thread.
    var waitingCalls: Int { queue.waitingCount }

    // MARK: Looking and assigning

    /// Training steps.
    public var step: Int64 { store.lease().step }

    /// Rises with every publication of new values.
    public var version: UInt64 { store.version }

    /// Whether it holds values that a restart would not bring back.
    var hasUnsavedValues: Bool { state.withLock { $0.savedVersion } != store.version }

    func noteSaved(version: UInt64) { state.withLock { $0.savedVersion = version } }

    public func description() async -> ModelDescription {
        let variables = await core.variableDescriptions
        let isBuilt = await core.isBuilt
        let signature = signature
        let lease = store.lease()
        return ModelDescription(
            name: name, className: spec.className, isBuilt: isBuilt, step: lease.step, version: lease.version,
            parameters: variables.reduce(0) { $0 + $1.spec.elementCount },
            trainableParameters: variables.reduce(0) { $0 + ($1.isTrainable ? $1.spec.elementCount : 0) },
            inputs: signature.inputs ?? [], outputs: signature.outputs, config: spec.config, settings: settings,
            createdAt: createdAt, error: nil)
    }

    /// All variables in the network's order.
    public func variables(trainable: Bool? = nil, withValues: Bool = false) async throws -> [VariableDescription] {
        try await variables(withValues: withValues) { trainable == nil || $0.isTrainable == trainable }
    }

    /// One variable by its full name.
    public func variable(_ name: String, withValue: Bool = true) async throws -> VariableDescription {
        guard let found = try await variables(withValues: withValue, where: { $0.name == name }).first else {
            throw ServiceError.noSuchVariable(name, model: self.name)
        }
        return found
    }

    private func variables(
        withValues: Bool, where isWanted: @Sendable (VariableDescription) -> Bool
    ) async throws -> [VariableDescription] {
        withValues
            ? try await core.variableDescriptions(withValuesWhere: isWanted)
            : await core.variableDescriptions.filter(isWanted)
    }

    /// Gives a variable another value and publishes it.
    ///
    /// - Parameter condition: throws where that is not to be done; no other assignment comes between its look and this one.
    public func assign(
        _ value: Tensor, to name: String, if condition: ModelRegistry.Condition = { _ in }
    ) async throws -> VariableDescription {
        try await core.assign(value, to: name) { try condition(self) }
        metrics.published()
        return try await variable(name)
    }

    /// Makes stateful layers begin anew.
    ///
    /// - Throws: `ServiceError.conflict` where there are none.
    public func resetStates() async throws {
        let isSaved = !hasUnsavedValues
        try await core.resetStates()
        if isSaved { noteSaved(version: version) }
        metrics.published()
    }

    /// The tree of layers.
    public func layers() async -> [LayerDescription] { await core.layerDescriptions() }

    /// One layer, by names or indices from the outermost in: `blocks/0/dense`.
    public func layer(at path: String) async throws -> LayerDescription {
        var layers = await layers()
        var found: LayerDescription?
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            found =
                layers.first { $0.name == part } ?? Int(part).flatMap { layers.indices.contains($0) ? layers[$0] : nil }
            guard let found else { throw ServiceError.noSuchLayer(path, model: name) }
            layers = found.layers
        }
        guard let found else { throw ServiceError.noSuchLayer(path, model: name) }
        return found
    }

    /// What the layers' regularizers add to the loss, of one version.
    public func losses() async throws -> CallResult {
        let plan = try await core.traceLosses()
        return try await ComputePool.shared.run { [store] in
            let lease = store.lease()
            return CallResult(outputs: try plan.run([], on: lease), step: lease.step, version: lease.version)
        }
    }
}
