import Checkpoints
import Formats
import TensorCore
import Training

/// What is kept of a job on disk: what it was asked to do, and how far it is known to have come.
struct JobRecord: Sendable {
    var description: JobDescription
    var settings: JobSettings
    /// Nil for data that came with the request.
    var selection: DataSelection?
    /// When the model was made that it trains: another of the same name is another model.
    var modelCreatedAt: String
    /// The model's step when the job began.
    var startStep: Int64?
    /// What early stopping watches, epoch by epoch.
    var monitored: [Double] = []
    /// How often the job was begun.
    var runs = 1

    /// The layout of the record; one that is newer is passed over rather than misread.
    private static let format = 1

    init(_ description: JobDescription, _ settings: JobSettings, selection: DataSelection?, modelCreatedAt: String) {
        self.description = description
        self.settings = settings
        self.selection = selection
        self.modelCreatedAt = modelCreatedAt
    }

    init?(_ json: JSONValue) {
        guard json["format"]?.integer == JobRecord.format, let description = json["job"].flatMap(JobDescription.init),
            let settings = json["settings"].flatMap({ try? JobSettings($0) }),
            let modelCreatedAt = json["model_created_at"]?.string
        else { return nil }
        self.init(
            description, settings, selection: json["data"].flatMap { try? DataSelection($0) },
            modelCreatedAt: modelCreatedAt)
        startStep = json["start_step"]?.integer.map { Int64($0) }
        monitored = (json["monitored"]?.array ?? []).map { $0.number ?? .nan }
        runs = json["runs"]?.integer ?? 1
    }

    var json: JSONValue {
        [
            "format": .integer(JobRecord.format), "job": .object(description.json), "settings": settings.json,
            "data": selection?.json ?? .null, "model_created_at": .string(modelCreatedAt),
            "start_step": startStep.map { .integer(Int($0)) } ?? .null,
            "monitored": .array(monitored.map { .number($0) }), "runs": .integer(runs),
        ]
    }
}

/// The records of jobs: `jobs/<id>.json`, and for data that came with a request and may be needed again `jobs/<id>.npz`.
struct JobStorage: Sendable {
    private let path: String
    private let directory: DataDirectory

    init(_ directory: DataDirectory) throws {
        path = directory.path + "/jobs"
        self.directory = directory
        try directory.files.makeDirectory(path)
    }

    private func recordPath(_ id: String) -> String { "\(path)/\(id).json" }
    private func dataPath(_ id: String) -> String { "\(path)/\(id).npz" }

    /// Writes a record, durably on return.
    func write(_ record: JobRecord) throws {
        try directory.replace(recordPath(record.description.id), in: path, with: record.json.bytes)
    }

    /// All records that can be read.
    func records() throws -> [JobRecord] {
        try directory.files.list(path).filter { $0.hasSuffix(".json") }.compactMap { name in
            let bytes = try? directory.files.contents("\(path)/\(name)", bytesMax: 256 << 20)
            return bytes.flatMap { try? JSONValue(parsing: $0) }.flatMap(JobRecord.init)
        }
    }

    func remove(_ id: String) throws {
        for file in [recordPath(id), dataPath(id)] where try directory.files.status(file) != nil {
            try directory.files.remove(file)
        }
    }

    /// Keeps examples, durably on return.
    func write(_ examples: Examples, of id: String) throws {
        var tensors = NamedTensors()
        for (role, list) in JobStorage.parts(examples) {
            for (index, tensor) in list.enumerated() {
                try tensors.insert(tensor, named: "\(role).\(index)", format: .npz)
            }
        }
        try directory.replace(dataPath(id), in: path, with: NPZ.pieces(tensors))
    }

    private static func parts(_ examples: Examples) -> [(role: String, tensors: [Tensor])] {
        [("inputs", examples.inputs), ("targets", examples.targets), ("sample_weight", examples.sampleWeights)]
    }

    /// What was kept so.
    func examples(of id: String) throws -> Examples {
        let tensors = try NPZ.read(directory.files.open(dataPath(id), .read).map())
        func list(_ role: String) -> [Tensor] {
            var list: [Tensor] = []
            while let tensor = tensors["\(role).\(list.count)"] { list.append(tensor) }
            return list
        }
        return try Examples(
            inputs: list("inputs"), targets: list("targets"), sampleWeights: list("sample_weight"))
    }

    /// Forgets the examples of a job that is over.
    func removeExamples(of id: String) {
        try? directory.files.remove(dataPath(id))
    }
}
