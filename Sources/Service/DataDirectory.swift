import Checkpoints
import Formats

/// The folder that a service keeps everything in.
///
///     LOCK                              who serves from here
///     models/<name>/model.json          the model's record
///     models/<name>/checkpoints/        its checkpoints, TensorFlow's files
///     models/<name>/requests.json       the training requests that its latest checkpoint holds
struct DataDirectory: Sendable {
    let path: String
    let files: any FileSystem

    /// What the name of a small file that is being written ends in.
    private static let temporarySuffix = ".new"

    /// Makes the folder where it is missing.
    init(_ path: String, files: any FileSystem) throws {
        self.path = path
        self.files = files
        try files.makeDirectory(path + "/models")
    }

    /// Removes what an interrupted process left of changes that it had begun. No one else may be using the folder.
    func clearUp() throws {
        for name in try files.list(path + "/models") where ResourceName.isValid(name) {
            let folder = folder(of: name)
            guard try files.status(folder)?.isDirectory == true else { continue }
            for path in [recordPath(of: name), requestsPath(of: name)] {
                let temporary = path + DataDirectory.temporarySuffix
                if try files.status(temporary) != nil { try files.remove(temporary) }
            }
            // Those of models that are known clear up when they are opened.
            if try files.status(recordPath(of: name)) == nil, try files.status(checkpoints(of: name)) != nil {
                _ = try CheckpointDirectory(checkpoints(of: name), fileSystem: files)
            }
        }
    }

    func folder(of model: String) -> String { "\(path)/models/\(model)" }
    func checkpoints(of model: String) -> String { folder(of: model) + "/checkpoints" }
    private func recordPath(of model: String) -> String { folder(of: model) + "/model.json" }
    private func requestsPath(of model: String) -> String { folder(of: model) + "/requests.json" }

    /// The names of all models that have a record, in order.
    func modelNames() throws -> [String] {
        try files.list(path + "/models").filter { name in
            ResourceName.isValid(name) && (try? files.status(recordPath(of: name))) != nil
        }.sorted()
    }

    func record(of model: String) throws -> ModelRecord {
        try ModelRecord(JSONValue(parsing: files.contents(recordPath(of: model), bytesMax: 256 << 20)))
    }

    /// Writes a record, durably on return.
    func write(_ record: ModelRecord, of model: String) throws {
        try files.makeDirectory(checkpoints(of: model))
        try replace(recordPath(of: model), in: folder(of: model), with: record.json.bytes)
    }

    /// Writes which training requests a model has applied, durably on return.
    func write(_ json: JSONValue, requestsOf model: String) throws {
        try replace(requestsPath(of: model), in: folder(of: model), with: json.bytes)
    }

    /// Nil when there are none, or not whole ones.
    func requests(of model: String) throws -> JSONValue? {
        let path = requestsPath(of: model)
        guard try files.status(path) != nil else { return nil }
        return try? JSONValue(parsing: files.contents(path, bytesMax: 256 << 20))
    }

    /// Writes a file so that after a crash the old one or the new one is there, and returns when it is durable.
    func replace(_ path: String, in folder: String, with bytes: [UInt8]) throws {
        try replace(path, in: folder, with: [ByteRegion(copying: bytes)])
    }

    func replace(_ path: String, in folder: String, with pieces: [ByteRegion]) throws {
        let temporary = path + DataDirectory.temporarySuffix
        let file = try files.open(temporary, .create)
        try file.write(pieces)
        try file.close()
        try files.rename(temporary, to: path)
        try files.synchronizeDirectory(folder)
    }

    /// Forgets a model, durably on return; its checkpoints stay.
    func remove(_ model: String) throws {
        // An earlier try may have come this far before it failed.
        if try files.status(recordPath(of: model)) != nil { try files.remove(recordPath(of: model)) }
        // Without the record nobody believes these.
        if try files.status(requestsPath(of: model)) != nil { try files.remove(requestsPath(of: model)) }
        try files.synchronizeDirectory(folder(of: model))
    }

    /// Whether checkpoints lie there under the name of a model, which need not be there any more.
    func hasCheckpoints(of model: String) throws -> Bool {
        guard ResourceName.isValid(model), try files.status(checkpoints(of: model)) != nil else { return false }
        return try !CheckpointDirectory(checkpoints(of: model), fileSystem: files).list().isEmpty
    }

    func removeCheckpoints(of model: String) throws {
        guard try files.status(checkpoints(of: model)) != nil else { return }
        let checkpoints = try CheckpointDirectory(checkpoints(of: model), fileSystem: files)
        for checkpoint in try checkpoints.list() { try checkpoints.delete(checkpoint.id) }
    }
}

extension File {
    /// Writes pieces one behind the other, durably on return.
    func write(_ pieces: [ByteRegion]) throws {
        var offset = 0
        for piece in pieces {
            try piece.withUnsafeBytes { try writeAll($0, at: offset) }
            offset += piece.count
        }
        try synchronize()
    }
}

/// What is kept of a model beside its checkpoints.
struct ModelRecord: Sendable {
    var spec: ModelSpec
    var createdAt: String
    /// Checkpoints that an earlier model of this name left behind: they can be restored by their ids, but are not this
    /// incarnation's.
    var inherited: Set<String>

    /// The layout of the record; one that is newer is refused rather than misread.
    private static let format = 1

    init(spec: ModelSpec, createdAt: String, inherited: Set<String>) {
        self.spec = spec
        self.createdAt = createdAt
        self.inherited = inherited
    }

    init(_ json: JSONValue) throws {
        guard json["format"]?.integer == ModelRecord.format else {
            throw ServiceError.storage(
                "model.json has format \(json["format"] ?? .null), but this version reads \(ModelRecord.format)",
                isFull: false)
        }
        guard let spec = json["spec"], let createdAt = json["created_at"]?.string,
            let inherited = json["inherited"]?.array
        else {
            throw ServiceError.storage("model.json lacks spec, created_at or inherited", isFull: false)
        }
        self.init(
            spec: try ModelSpec(spec), createdAt: createdAt, inherited: Set(inherited.compactMap(\.string)))
    }

    var json: JSONValue {
        [
            "format": .integer(ModelRecord.format), "created_at": .string(createdAt), "spec": spec.json,
            "inherited": .array(inherited.sorted().map { .string($0) }),
        ]
    }
}
