import Layers
import Operators
import TensorCore
import Training

extension ModelCore {
    // MARK: The one who trains

    /// Reserves the variables for a job: until it ends, nothing else may change them.
    ///
    /// - Throws: `ServiceError.conflict` when another job has them.
    func reserve(for job: any VariableHolder) throws {
        try requireFree(for: "begin a job")
        holder = job
    }

    func release(_ job: any VariableHolder) { if holder === job { holder = nil } }

    /// Refuses a change while a job trains the model.
    func requireFree(for purpose: String) throws(ServiceError) {
        if let holder {
            throw .conflict(
                "model '\(modelName)' is being trained by job '\(holder.id)': wait for its end or cancel it to \(purpose)"
            )
        }
    }

    // MARK: Programs

    /// The trainer of these settings; where they call for another optimizer than the present one, it begins anew.
    private func trainer(_ settings: TrainingSettings) throws -> Trainer {
        if let trainer = currentTrainer, try trainer.adopt(settings) { return trainer }
        let new = try Trainer(settings)
        currentTrainer = new
        return new
    }

    func trainingStep(
        _ key: BatchKind, _ settings: TrainingSettings, outputs: [ModelDescription.Port], measuresGradientNorm: Bool
    ) throws -> TrainingStep {
        let trainer = try trainer(settings)
        return try context.bind {
            let step = try trainer.step(
                key, network, outputs: outputs, seed: seed, measuresGradientNorm: measuresGradientNorm)
            try restoreWaitingSlots(trainer.optimizer)
            return step
        }
    }

    func evaluationStep(_ key: BatchKind, _ settings: TrainingSettings, outputs: [ModelDescription.Port]) throws
        -> EvaluationStep
    {
        let trainer = try trainer(settings)
        return try context.bind { try trainer.evaluation(key, network, outputs: outputs) }
    }

    /// - Parameter names: which variables the gradients are with respect to; nil for all trainable ones.
    func gradientStep(
        _ key: BatchKind, _ settings: TrainingSettings, outputs: [ModelDescription.Port], variables names: [String]?,
        includesInputs: Bool
    ) throws -> GradientStep {
        let trainer = try trainer(settings)
        let variables = try names?.map { name in
            guard let variable = network.variables.first(where: { $0.name == name }) else {
                throw ServiceError.noSuchVariable(name, model: modelName)
            }
            guard variable.dtype.isFloatingPoint else {
                throw ServiceError.unfit("variable \(name) is \(variable.spec): it has no gradient")
            }
            return variable
        }
        return try context.bind {
            try trainer.gradient(
                key, network, outputs: outputs, variables: variables, includesInputs: includesInputs)
        }
    }

    // MARK: Stepping

    /// Takes one step. It happens here, so that no assignment, restore or other step comes in between and is lost.
    func train(
        _ batch: Examples, _ settings: TrainingSettings, outputs: [ModelDescription.Port], measuresGradientNorm: Bool
    ) throws -> TrainingStep.Result {
        try requireFree(for: "train it")
        try Task.checkCancellation()
        let step = try trainingStep(
            BatchKind(batch), settings, outputs: outputs, measuresGradientNorm: measuresGradientNorm)
        return try step(batch.inputs, batch.targets, sampleWeights: batch.sampleWeights, refusesNotFinite: true)
    }

    // MARK: What is saved and restored

    /// Everything that a checkpoint holds, of one version.
    func hold() -> HeldValues {
        HeldValues(lease: store.lease(), variables: network.variables + (currentTrainer?.optimizer.variables ?? []))
    }

    /// Publishes the values of a checkpoint, the optimizer's among them.
    ///
    /// - Parameters:
    ///   - changes: the new values of the network's variables.
    ///   - slots: where the optimizer's state comes from; what it lacks there begins anew.
    func restore(
        _ changes: [(slot: Int, value: Tensor)], step: Int64, slots: SlotSource?, _ settings: TrainingSettings?
    ) throws {
        try requireFree(for: "restore it")
        waitingSlots = nil
        let restored = Dictionary(changes.map { ($0.slot, $0.value) }, uniquingKeysWith: { first, _ in first })
        let value = { (variable: Variable) in try restored[variable.slot] ?? variable.storedValue }
        var state: [(slot: Int, value: Tensor)] = []
        if let settings, let slots {
            let optimizer = try trainer(settings).optimizer
            try context.bind { try optimizer.build(network.trainableVariables) }
            state = try slots.values(of: optimizer, value)
        } else if let optimizer = currentTrainer?.optimizer {
            state = try optimizer.startingValues(value).map { ($0.variable.slot, $0.value) }
        }
        store.publish(changes + state, step: step)
    }

    /// Gives an optimizer that has just been built the state of a checkpoint that came before it.
    private func restoreWaitingSlots(_ optimizer: Optimizer) throws {
        guard let slots = waitingSlots, !optimizer.variables.isEmpty else { return }
        store.publish(try slots.values(of: optimizer) { try $0.storedValue })
        waitingSlots = nil
    }

    /// Takes over what the optimizer of a model of the same spec remembers.
    ///
    /// - Parameter state: the values by their names, without the scope of that model.
    func takeOptimizerState(_ state: [String: Tensor], _ settings: TrainingSettings) throws -> [(
        slot: Int, value: Tensor
    )] {
        let optimizer = try trainer(settings).optimizer
        try context.bind { try optimizer.build(network.trainableVariables) }
        let scope = try network.scopeName + "/"
        return try optimizer.startingValues { try $0.storedValue }.map { variable, start in
            let value = state[ModelCore.withoutScope(variable.name, scope)]
            return (variable.slot, value?.spec == variable.spec ? value ?? start : start)
        }
    }

    /// The values of the optimizer's variables by their names without this model's scope.
    func optimizerState(_ held: HeldValues) throws -> [String: Tensor] {
        let scope = try network.scopeName + "/"
        var state: [String: Tensor] = [:]
        for variable in currentTrainer?.optimizer.variables ?? [] where held.holds(variable) {
            state[ModelCore.withoutScope(variable.name, scope)] = try held.lease.copy(of: variable)
        }
        return state
    }

    private static func withoutScope(_ name: String, _ scope: String) -> String {
        name.hasPrefix(scope) ? String(name.dropFirst(scope.count)) : name
    }
}

/// Who alone may change a model's variables for a time.
protocol VariableHolder: AnyObject, Sendable {
    var id: String { get }
    /// Ends the work and returns when the variables are free again.
    func stop() async
}

/// One version of a model's variables, held for as long as this lives.
final class HeldValues: Sendable {
    let lease: SnapshotLease
    let variables: [Variable]

    init(lease: consuming SnapshotLease, variables: [Variable]) {
        self.lease = lease
        self.variables = variables
    }

    func holds(_ variable: Variable) -> Bool { variables.contains { $0 === variable } }
}

/// An optimizer's state in a checkpoint.
struct SlotSource: Sendable {
    let source: CheckpointSource
    let names: Set<String>
    /// The checkpoint's name for a variable.
    let name: @Sendable (_ variable: String) -> String

    /// The new value of each of an optimizer's variables: the checkpoint's, or the one it begins with.
    ///
    /// - Throws: `ServiceError.conflict` for a value that does not fit.
    func values(
        of optimizer: Optimizer, _ value: (Variable) throws -> Tensor
    ) throws -> [(slot: Int, value: Tensor)] {
        try optimizer.startingValues(value).map { variable, start in
            let name = name(variable.checkpointName)
            guard names.contains(name) else { return (variable.slot, start) }
            let stored = try source.tensor(named: name)
            guard stored.spec == variable.spec else {
                throw ServiceError.conflict(
                    "variable \(variable.name) is \(variable.spec), but the checkpoint's '\(name)' is \(stored.spec)")
            }
            return (variable.slot, stored)
        }
    }
}
