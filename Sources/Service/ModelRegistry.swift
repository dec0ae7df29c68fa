import Checkpoints
import Formats
import Layers
import Locking
import Telemetry
import TensorCore

/// The models of one data directory: made, found, replaced, deleted, saved and brought back.
///
/// Finding a model takes a lock for a moment. What changes a model as a whole (creation, replacement, deletion, saving,
/// restoring) happens one after the other for each name.
public final class ModelRegistry: Sendable {
    let directory: DataDirectory
    private let directoryLock: DirectoryLock
    private let classes: NetworkClasses
    private let limits: ServiceLimits
    let time: any TimeSource
    private let changes = KeyedLock()

    private enum Entry: Sendable {
        case model(Model, ModelStorage)
        /// A model that could not be brought back, and why.
        case broken(ModelSpec?, String)
    }

    private struct State: Sendable {
        var entries: [String: Entry] = [:]
        var isClosed = false
    }

    private let state = Lock(State())

    /// Opens a data directory, which is made where it is missing. The models come with ``load()``.
    ///
    /// - Throws: `ServiceError.directoryInUse` when another process serves from it.
    public init(
        directory path: String, classes: NetworkClasses = NetworkClasses(), limits: ServiceLimits = ServiceLimits(),
        files: any FileSystem = LocalFileSystem(), time: any TimeSource = SystemTime()
    ) throws {
        directory = try DataDirectory(path, files: files)
        directoryLock = try DirectoryLock(path)
        // What cannot be removed is in nobody's way.
        try? directory.clearUp()
        self.classes = classes
        self.limits = limits
        self.time = time
    }

    // MARK: Finding

    /// The model of this name.
    public func model(_ name: String) throws(ServiceError) -> Model { try entry(name).model }

    private func entry(_ name: String) throws(ServiceError) -> (model: Model, storage: ModelStorage) {
        switch state.withLock({ $0.entries[name] }) {
        case .model(let model, let storage)?: return (model, storage)
        case .broken(_, let reason)?: throw .broken(model: name, reason: reason)
        case nil: throw .noSuchModel(name)
        }
    }

    /// The names of all models, in order.
    public func names() -> [String] { state.withLock { $0.entries.keys.sorted() } }

    /// The descriptions of models in the order of their names, and whether there are more.
    ///
    /// - Parameter after: where an earlier part of the list ended.
    public func descriptions(
        after: String? = nil, limit: Int = .max
    ) async -> (descriptions: [ModelDescription], hasMore: Bool) {
        let names = names().filter { name in after.map { name > $0 } ?? true }
        var descriptions: [ModelDescription] = []
        for name in names.prefix(limit) {
            // One that was deleted meanwhile is simply not there.
            if let description = try? await description(of: name) { descriptions.append(description) }
        }
        return (descriptions, names.count > limit)
    }

    public func description(of name: String) async throws -> ModelDescription {
        switch state.withLock({ $0.entries[name] }) {
        case .model(let model, _)?: return await model.description()
        case .broken(let spec, let reason)?: return ModelDescription(broken: name, spec: spec, reason)
        case nil: throw ServiceError.noSuchModel(name)
        }
    }

    /// What is counted of all models.
    public func metrics() -> [MetricFamily] {
        let entries = state.withLock { $0.entries }
        let models = entries.values.compactMap { entry in if case .model(let model, _) = entry { model } else { nil } }
        return ModelMetrics.families(models.sorted { $0.name < $1.name })
    }

    // MARK: Making and deleting

    /// Looks at the model of a name, nil where there is none, and throws where a change is not to be made.
    public typealias Condition = @Sendable (Model?) throws -> Void

    /// Creates a model, or replaces the one of this name. It is durable on return.
    ///
    /// - Parameters:
    ///   - mayReplace: whether there may be one already.
    ///   - condition: throws where the one there is not to be replaced; nothing changes between its look and the change.
    /// - Returns: the model, and whether it is new.
    @discardableResult
    public func put(
        _ name: String, _ spec: ModelSpec, mayReplace: Bool = true, if condition: Condition = { _ in }
    ) async throws -> (model: Model, isNew: Bool) {
        try await put(name, spec, mayReplace: mayReplace, if: condition, valuesOf: nil)
    }

    /// - Parameter source: whose values it begins with; nil for its own.
    private func put(
        _ name: String, _ spec: ModelSpec, mayReplace: Bool, if condition: Condition, valuesOf source: Model?
    ) async throws -> (model: Model, isNew: Bool) {
        try ResourceName.check(name, what: "model")
        return try await changes.withKey(name) {
            try condition(try? model(name))
            let isNew = try state.withLock { state throws(ServiceError) in
                guard !state.isClosed else { throw .stopping }
                guard let old = state.entries[name] else {
                    guard state.entries.count < limits.modelsMax else { throw .tooManyModels(limit: limits.modelsMax) }
                    return true
                }
                if case .model = old, !mayReplace { throw .modelExists(name) }
                return false
            }
            if let old = try? model(name) { try await old.core.requireFree(for: "replace it") }
            let createdAt = Timestamp.string(time.wallTime())
            let model = try await Model.make(
                name: name, spec: spec, classes: classes, createdAt: createdAt, limits: limits, time: time)
            try model.check(spec.settings.training)
            let storage = try stored { try ModelStorage(name, spec: spec, createdAt: createdAt, in: directory) }
            try await storing { try await keep(model, in: storage, valuesOf: source) }
            state.withLock { $0.entries[name] = .model(model, storage) }
            return (model, isNew)
        }
    }

    /// Makes a new model durable: first the values that it has of another, then the record, with which it begins to count.
    /// So nothing that fails leaves a copy without its values.
    private func keep(_ model: Model, in storage: ModelStorage, valuesOf source: Model?) async throws {
        guard let source, try await model.takeValues(of: source) else { return try storage.keepRecord() }
        let checkpoint = try await model.save(to: storage, id: nil)
        do {
            try storage.keepRecord()
        } catch {
            // The checkpoint is left only where the record may have come to count after all.
            if (try? directory.remove(model.name)) != nil {
                try? storage.checkpoints.delete(checkpoint.id)
            }
            throw error
        }
    }

    /// Creates a model named as an anonymous Network is: after its class, with a number (N-7).
    public func create(_ spec: ModelSpec) async throws -> Model {
        let base = snakeCase(spec.className)
        var number = 0
        while true {
            do {
                return try await put(number == 0 ? base : "\(base)_\(number)", spec, mayReplace: false).model
            } catch ServiceError.modelExists {
                number += 1
            }
        }
    }

    /// Changes those settings of a model that `json` names. They are durable on return.
    public func change(_ name: String, by json: JSONValue, if condition: Condition = { _ in }) async throws -> Model {
        try await changes.withKey(name) {
            let (model, storage) = try entry(name)
            try condition(model)
            let settings = try model.settings.changed(by: json)
            try model.check(settings.training)
            if settings.training != model.settings.training {
                try await model.core.requireFree(for: "change its training")
            }
            try stored { try storage.keep(settings) }
            model.settings = settings
            return model
        }
    }

    /// Makes an independent model with the same values, step included, under another name; its variables carry that
    /// name. It is durable on return, values and all.
    public func copy(_ name: String, to newName: String) async throws -> Model {
        let (source, _) = try entry(name)
        var spec = source.spec
        spec.settings = source.settings
        return try await put(newName, spec, mayReplace: false, if: { _ in }, valuesOf: source).model
    }

    /// Deletes a model; its checkpoints stay on disk unless they are to go too. A job that trains it is cancelled first.
    /// Checkpoints that stayed, or of which some could not be removed, can be asked for again when the model is gone.
    public func delete(
        _ name: String, withCheckpoints: Bool = false, if condition: Condition = { _ in }
    ) async throws {
        while try await !deleteIfFree(name, withCheckpoints, condition) {
            // The job may be about to save, which is a change of the model too, so it is waited for outside of any.
            await (try? model(name))?.core.holder?.stop()
        }
    }

    /// - Returns: false when a job has the model.
    private func deleteIfFree(_ name: String, _ withCheckpoints: Bool, _ condition: Condition) async throws -> Bool {
        try await changes.withKey(name) {
            switch state.withLock({ $0.entries[name] }) {
            case .model?, .broken?:
                try condition(try? model(name))
                if let model = try? model(name), await model.core.holder != nil { return false }
                try stored { try directory.remove(name) }
            case nil:
                guard try withCheckpoints && stored({ try directory.hasCheckpoints(of: name) }) else {
                    throw ServiceError.noSuchModel(name)
                }
                try condition(nil)
            }
            // From here on no restart brings it back, whatever becomes of its checkpoints.
            state.withLock { $0.entries[name] = nil }
            if withCheckpoints { try stored { try directory.removeCheckpoints(of: name) } }
            return true
        }
    }

    /// Runs `body` while no one else changes the model as a whole.
    func changing<Result: Sendable>(
        _ name: String, _ body: (Model, ModelStorage) async throws -> Result
    ) async throws -> Result {
        try await changes.withKey(name) {
            let (model, storage) = try entry(name)
            return try await storing { try await body(model, storage) }
        }
    }

    // MARK: Checkpoints

    /// - Parameter automatic: whether no client asked for it, so that a name that is taken is no mistake.
    public func saveCheckpoint(
        of name: String, id: String? = nil, automatic: Bool = false
    ) async throws -> CheckpointDescription {
        if let id { try ResourceName.checkCheckpoint(id) }
        return try await changing(name) { model, storage in
            try await model.save(to: storage, id: id, automatic: automatic)
        }
    }

    /// The checkpoints of a model, newest last.
    public func checkpoints(of name: String) throws -> [CheckpointDescription] {
        let storage = try entry(name).storage
        return try stored { try storage.checkpoints.list().map { try storage.describe($0) } }
    }

    public func checkpoint(_ id: String, of name: String) throws -> CheckpointDescription {
        let storage = try entry(name).storage
        return try stored {
            guard CheckpointID.isValid(id), let info = try storage.checkpoints.info(id) else {
                throw ServiceError.noSuchCheckpoint(id, model: name)
            }
            return try storage.describe(info)
        }
    }

    /// A checkpoint as one file of another form, to be read piece by piece.
    ///
    /// - Throws: `FormatError` with `.unsupported` for what that form cannot hold; `ServiceError.conflict` for damage.
    public func exportCheckpoint(
        _ id: String, of name: String, as form: CheckpointForm
    ) async throws -> CheckpointExport {
        let storage = try entry(name).storage
        return try await storing {
            guard CheckpointID.isValid(id), try storage.checkpoints.info(id) != nil else {
                throw ServiceError.noSuchCheckpoint(id, model: name)
            }
            return try await ComputePool.shared.run {
                do {
                    return try storage.checkpoints.export(id, as: form)
                } catch let error as FormatError {
                    if case .unsupported = error.problem { throw error }
                    throw ServiceError.damaged(checkpoint: id, error)
                }
            }
        }
    }

    /// Takes a checkpoint from outside, piece by piece; it counts, and is durable, once all of it has come and was checked.
    ///
    /// - Parameter nextPiece: gives the next bytes, nil at the end.
    public func importCheckpoint(
        _ id: String, of name: String, as form: CheckpointForm, bytesMax: Int,
        _ nextPiece: () async throws -> ByteRegion?
    ) async throws -> CheckpointDescription {
        try ResourceName.checkCheckpoint(id)
        let storage = try entry(name).storage
        return try await storing {
            if try storage.checkpoints.info(id) != nil { throw ServiceError.checkpointExists(id, model: name) }
            let upload = try storage.checkpoints.upload(byteCountMax: bytesMax)
            while let piece = try await nextPiece() {
                try await ComputePool.shared.run { try piece.withUnsafeBytes { try upload.append($0) } }
            }
            return try await changes.withKey(name) {
                guard try entry(name).storage === storage else {
                    throw ServiceError.conflict("model '\(name)' was replaced while the checkpoint came")
                }
                return try await ComputePool.shared.run { try storage.describe(upload.finish(as: id, form)) }
            }
        }
    }

    public func deleteCheckpoint(_ id: String, of name: String) async throws {
        try await changes.withKey(name) {
            let storage = try entry(name).storage
            guard CheckpointID.isValid(id) else { throw ServiceError.noSuchCheckpoint(id, model: name) }
            try stored { try storage.delete(id) }
        }
    }

    /// Restores a model from a checkpoint; nil means the newest of this incarnation.
    public func restore(
        _ name: String, checkpoint id: String? = nil, map: [String: String] = [:], partial: Bool = false
    ) async throws -> Model {
        try await changes.withKey(name) {
            let (model, storage) = try entry(name)
            let latest = try stored { try storage.latest()?.id }
            guard let chosen = id ?? latest else { throw ServiceError.noCheckpointYet(model: name) }
            guard CheckpointID.isValid(chosen) else { throw ServiceError.noSuchCheckpoint(chosen, model: name) }
            try await storing {
                try await model.restore(from: storage.open(chosen), map: map, partial: partial)
            }
            if chosen == latest { model.noteSaved(version: model.version) }
            return model
        }
    }

    // MARK: Starting and stopping

    /// Brings all models back, each with its newest checkpoint.
    ///
    /// - Returns: those that could not be, and why.
    public func load() async -> [(name: String, reason: String)] {
        var failures: [(String, String)] = []
        for name in (try? directory.modelNames()) ?? [] {
            var spec: ModelSpec?
            do {
                let storage = try ModelStorage(name, in: directory)
                spec = storage.spec
                let model = try await Model.make(
                    name: name, spec: storage.spec, classes: classes, createdAt: storage.createdAt, limits: limits,
                    time: time)
                try await bringBack(model, from: storage)
                model.noteSaved(version: model.version)
                state.withLock { $0.entries[name] = .model(model, storage) }
            } catch {
                state.withLock { [spec] in $0.entries[name] = .broken(spec, "\(error)") }
                failures.append((name, "\(error)"))
            }
        }
        return failures
    }

    /// Gives a model the values of its newest checkpoint, and what it knew of training requests then.
    private func bringBack(_ model: Model, from storage: ModelStorage) async throws {
        guard let latest = try storage.latest() else { return }
        do {
            try await model.restore(from: storage.open(latest.id), map: [:], partial: false)
        } catch  where !latest.isOurs {
            // What somebody sent or copied in need not fit; the model had none of its values before the restart either.
            return
        }
        if let requests = try storage.requests() { model.ledger.restore(requests, step: model.store.step) }
    }

    /// Takes no new models and saves those that hold values no checkpoint has.
    ///
    /// - Returns: those that could not be saved, and why.
    public func close() async -> [(name: String, reason: String)] {
        let entries = state.withLock { state in
            state.isClosed = true
            return state.entries
        }
        var failures: [(String, String)] = []
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard case .model(let model, let storage) = entry else { continue }
            await changes.withKey(name) {
                guard model.hasUnsavedValues, await model.core.isBuilt else { return }
                do {
                    _ = try await model.save(to: storage, id: nil, automatic: true)
                } catch {
                    failures.append((name, "\(error)"))
                }
            }
        }
        return failures
    }

    /// Says of a file error what it means to a client.
    private func stored<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw translated(error) }
    }

    private func storing<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch { throw translated(error) }
    }

    private func translated(_ error: any Error) -> any Error {
        switch error {
        case let error as FileError: ServiceError(error)
        case CheckpointError.busy: ServiceError.conflict("another save of this model is under way")
        case CheckpointError.tooLarge(let bytesMax): ServiceError.tooLarge("the checkpoint", bytesMax: bytesMax)
        default: error
        }
    }
}

extension ModelStorage {
    /// What is told of a checkpoint; its step is read from its file.
    func describe(_ info: CheckpointInfo) throws -> CheckpointDescription {
        CheckpointDescription(info, step: try? CheckpointSource(checkpoints.open(info.id)).step())
    }
}

extension ModelDescription {
    init(broken name: String, spec: ModelSpec?, _ reason: String) {
        self.init(
            name: name, className: spec?.className ?? "", isBuilt: false, step: 0, version: 0, parameters: 0,
            trainableParameters: 0, inputs: [], outputs: [], config: spec?.config ?? [:],
            settings: spec?.settings ?? ModelSettings(), createdAt: "", error: reason)
    }
}
