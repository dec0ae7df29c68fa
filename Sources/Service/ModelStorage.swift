import Checkpoints
import Formats
import Locking

/// What a model has on disk: its record and its checkpoints.
final class ModelStorage: Sendable {
    private let model: String
    private let directory: DataDirectory
    let checkpoints: CheckpointDirectory
    private let record: Lock<ModelRecord>

    /// Opens the storage of a model that is known from its record.
    init(_ model: String, in directory: DataDirectory) throws {
        self.model = model
        self.directory = directory
        record = Lock(try directory.record(of: model))
        checkpoints = try CheckpointDirectory(directory.checkpoints(of: model), fileSystem: directory.files)
        try setPolicy()
    }

    /// Begins the storage of a new model; checkpoints that lie there already stay an earlier one's. The model counts, also
    /// after a restart, from ``keepRecord()`` on.
    init(_ model: String, spec: ModelSpec, createdAt: String, in directory: DataDirectory) throws {
        self.model = model
        self.directory = directory
        checkpoints = try CheckpointDirectory(directory.checkpoints(of: model), fileSystem: directory.files)
        record = Lock(
            ModelRecord(spec: spec, createdAt: createdAt, inherited: Set(try checkpoints.list().map(\.id))))
        try setPolicy()
    }

    /// Writes the record, durably on return.
    func keepRecord() throws { try directory.write(record.withLock { $0 }, of: model) }

    private func setPolicy() throws {
        let (policy, inherited) = record.withLock { ($0.spec.settings.checkpointing.policy, $0.inherited) }
        try checkpoints.setPolicy(policy, sparing: inherited)
    }

    var spec: ModelSpec { record.withLock { $0.spec } }
    var createdAt: String { record.withLock { $0.createdAt } }

    /// The newest checkpoint that this incarnation saved; where it has saved none, the newest that came from outside.
    func latest() throws -> (id: String, isOurs: Bool)? {
        let (inherited, saved) = (record.withLock { $0.inherited }, try checkpoints.saved())
        let ids = try checkpoints.list().map(\.id).filter { !inherited.contains($0) }
        return ids.last { saved.contains($0) }.map { ($0, true) } ?? ids.last.map { ($0, false) }
    }

    /// Opens a checkpoint.
    ///
    /// - Throws: `ServiceError.conflict` for one that is damaged, `CheckpointError.notFound`.
    func open(_ id: String) throws -> CheckpointReader {
        do {
            return try checkpoints.open(id)
        } catch let error as FormatError {
            throw ServiceError.damaged(checkpoint: id, error)
        }
    }

    /// What a checkpoint at this step is called when nobody names it. An id that an earlier incarnation took, or, for
    /// an automatic save, any that is taken, gets a number behind it.
    func freeID(step: Int64, automatic: Bool) throws -> String {
        let inherited = record.withLock { $0.inherited }
        let base = "\(model.prefix(96))-\(step)"
        var id = base
        var number = 1
        while try checkpoints.info(id) != nil, automatic || inherited.contains(id) {
            id = "\(base).\(number)"
            number += 1
        }
        return id
    }

    /// Keeps other settings; durable on return.
    func keep(_ settings: ModelSettings) throws {
        var changed = record.withLock { $0 }
        changed.spec.settings = settings
        let isOtherPolicy = changed.spec.settings.checkpointing != record.withLock { $0.spec.settings.checkpointing }
        try directory.write(changed, of: model)
        record.withLock { $0.spec.settings = settings }
        if isOtherPolicy { try setPolicy() }
    }

    /// Keeps what training requests were applied; durable on return.
    func keep(requests: JSONValue) throws {
        try directory.write(["created_at": .string(createdAt), "requests": requests], requestsOf: model)
    }

    /// What was kept so, of this incarnation; nil when nothing was.
    func requests() throws -> JSONValue? {
        let kept = try directory.requests(of: model)
        return kept?["created_at"]?.string == createdAt ? kept?["requests"] : nil
    }

    func delete(_ id: String) throws {
        try checkpoints.delete(id)
        // The files are gone before the record forgets them, so that a crash in between leaves no old id as a new one.
        let changed: ModelRecord? = record.withLock { record in
            guard record.inherited.remove(id) != nil else { return nil }
            return record
        }
        if let changed { try directory.write(changed, of: model) }
    }
}
