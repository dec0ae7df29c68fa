import Checkpoints
import Formats
import Layers
import Operators
import Telemetry
import TensorCore

/// The name under which TensorFlow keeps the number of training steps.
private let globalStepName = "global_step"

extension Model {
    /// Saves all variables and the step of one version, durably.
    ///
    /// - Parameter id: nil for one that follows from the step.
    /// - Returns: the checkpoint and the version it holds.
    func save(to storage: ModelStorage, id: String?, automatic: Bool = false) async throws -> CheckpointDescription {
        guard await core.isBuilt else {
            throw ServiceError.conflict("model '\(name)' is not built yet, so there is nothing to save: call it first")
        }
        let start = metrics.time.now()
        let held = await core.hold()
        // Before the checkpoint: what it holds, these tell; what they tell beyond it, a restart does not believe.
        let requests: JSONValue? = ledger.isEmpty ? .none : ledger.json
        let info = try await ComputePool.shared.run {
            if let requests { try storage.keep(requests: requests) }
            let id = try id ?? storage.freeID(step: held.lease.step, automatic: automatic)
            var items = [BundleItem(globalStepName, Tensor([], [held.lease.step]))]
            var seen: Set<String> = []
            for variable in held.variables where seen.insert(variable.name).inserted {
                guard let value = held.lease.value(of: variable) else {
                    throw TensorError.uninitialized(variable: variable.name)
                }
                items.append(BundleItem(variable.checkpointName, value))
            }
            return try storage.checkpoints.save(id, items)
        }
        metrics.saveSeconds.record(Double(metrics.time.now() &- start) * 1e-9)
        noteSaved(version: held.lease.version)
        return CheckpointDescription(info, step: held.lease.step)
    }

    /// Takes the values of another model of the same spec, of one version.
    ///
    /// - Returns: whether there were any; a model that is not built has none.
    func takeValues(of source: Model) async throws -> Bool {
        guard await source.core.isBuilt else { return false }
        if await !core.isBuilt {
            // The copy is built as the original was, for inputs of the kind that it knows.
            guard let ports = source.inputs else { return false }
            _ = try await plan(for: key(ports.map(\.spec)))
        }
        let variables = await core.variables
        let held = await source.core.hold()
        var changes: [(slot: Int, value: Tensor)] = []
        for (variable, original) in zip(variables, held.variables) {
            guard variable.spec == original.spec, let value = try held.lease.copy(of: original) else {
                throw ServiceError.conflict("variable \(original.name) of model '\(source.name)' cannot be copied")
            }
            changes.append((variable.slot, value))
        }
        let state = try await source.core.optimizerState(held)
        if let training = settings.training, !state.isEmpty {
            changes += try await core.takeOptimizerState(state, training)
        }
        store.publish(changes, step: held.lease.step)
        metrics.published()
        return true
    }

    /// Gives all variables the values of a checkpoint, or none.
    ///
    /// For each variable its full name is looked for, then its name without the model's scope; `map` says of names in the
    /// checkpoint which variable they are for.
    ///
    /// - Parameter partial: whether variables that the checkpoint lacks stay as they are.
    /// - Throws: `ServiceError.conflict` naming the first variable that is missing or does not fit.
    func restore(from reader: CheckpointReader, map: [String: String], partial: Bool) async throws {
        let names = Set(reader.names)
        let source = CheckpointSource(reader)
        let renamed = try Model.renamed(map, names)
        let scope = await (try? core.scopeName) ?? name
        let checkpointName: @Sendable (String) -> String = { variable in
            if let name = renamed[variable] { return name }
            // What an optimizer keeps for a renamed variable is named after it.
            if let slash = variable.lastIndex(of: "/"), let owner = renamed[String(variable[..<slash])],
                names.contains(owner + variable[slash...])
            {
                return owner + variable[slash...]
            }
            if names.contains(variable) || !variable.hasPrefix(scope + "/") { return variable }
            return String(variable.dropFirst(scope.count + 1))
        }
        let slots = SlotSource(source: source, names: names, name: checkpointName)
        guard await core.isBuilt else {
            return try await core.deferRestoration(
                from: source, names: names, map: checkpointName, slots: slots, step: source.step() ?? 0)
        }
        let variables = await core.variables
        for target in renamed.keys where !variables.contains(where: { $0.checkpointName == target }) {
            throw ServiceError.conflict("map names the variable '\(target)', but model '\(name)' has none of that name")
        }
        let start = metrics.time.now()
        let (changes, taken) = try await ComputePool.shared.run {
            var changes: [(slot: Int, value: Tensor)] = []
            var seen: Set<Int> = []
            var taken: Set<String> = [globalStepName]
            for variable in variables where seen.insert(variable.slot).inserted {
                let name = checkpointName(variable.checkpointName)
                guard names.contains(name) else {
                    if partial { continue }
                    throw ServiceError.conflict("the checkpoint has no '\(name)' for variable \(variable.name)")
                }
                guard let spec = reader.spec(name), spec == variable.spec else {
                    let found = reader.spec(name).map(\.description) ?? "a tensor of another kind"
                    throw ServiceError.conflict(
                        "variable \(variable.name) is \(variable.spec), but the checkpoint's '\(name)' is \(found)")
                }
                changes.append((variable.slot, try source.tensor(named: name)))
                taken.insert(name)
            }
            return (changes, taken)
        }
        // What is left may be an optimizer's; without anything there is nothing to build one for.
        try await core.restore(
            changes, step: source.step() ?? 0, slots: names.isSubset(of: taken) ? nil : slots, settings.training)
        metrics.restoreSeconds.record(Double(metrics.time.now() &- start) * 1e-9)
        metrics.published()
    }

    /// The checkpoint's name for each variable that `map` speaks of; variables may be given with or without `:0`.
    private static func renamed(_ map: [String: String], _ names: Set<String>) throws(ServiceError) -> [String: String]
    {
        var renamed: [String: String] = [:]
        for (checkpoint, variable) in map {
            guard names.contains(checkpoint) else {
                throw .conflict("map names '\(checkpoint)', which the checkpoint does not have")
            }
            let target = variable.hasSuffix(":0") ? String(variable.dropLast(2)) : variable
            guard renamed.updateValue(checkpoint, forKey: target) == nil else {
                throw .conflict("map gives variable '\(target)' two values")
            }
        }
        return renamed
    }
}

/// A checkpoint that layers restore from.
struct CheckpointSource: RestoreSource {
    private let reader: CheckpointReader

    init(_ reader: CheckpointReader) { self.reader = reader }

    var tensorNames: [String] { reader.names }

    func tensor(named name: String) throws -> Tensor {
        guard reader.index[name] != nil else { throw LayerError(.notFound, "Key \(name) not found in checkpoint") }
        do {
            return try reader.tensor(name)
        } catch let error as FormatError {
            throw ServiceError.damaged(checkpoint: reader.id, error)
        }
    }

    /// The training steps that the checkpoint counts, nil where it counts none.
    func step() throws -> Int64? {
        guard reader.index[globalStepName] != nil else { return nil }
        let value = try tensor(named: globalStepName)
        switch value.dtype {
        case .int64 where value.elementCount == 1: return value.scalars(Int64.self)[0]
        case .int32 where value.elementCount == 1: return Int64(value.scalars(Int32.self)[0])
        default: return nil
        }
    }
}

extension ServiceError {
    /// A damaged file is what the model's state is now, not what a client sent.
    static func damaged(checkpoint id: String, _ error: FormatError) -> ServiceError {
        .conflict("checkpoint '\(id)' is damaged: \(error)")
    }
}

extension CheckpointDescription {
    init(_ info: CheckpointInfo, step: Int64?) {
        let seconds = info.savedAt.rounded(.down)
        self.init(
            id: info.id, step: step, byteCount: info.byteCount, variables: info.tensorCount,
            createdAt: Timestamp.string((Int64(seconds), Int64((info.savedAt - seconds) * 1e9))))
    }
}
