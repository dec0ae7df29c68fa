import Checkpoints
import Formats
import Locking
import Telemetry
import TensorCore

/// The data sets of one data directory: uploaded once, used by name. Each is an npz file `datasets/<id>.npz`; the files on
/// disk are the truth, so one that is copied there counts.
public final class DataSetRegistry: Sendable {
    private let path: String
    private let files: any FileSystem
    /// Bytes that the arrays of one data set may take in memory.
    private let bytesMax: Int
    private let changes = KeyedLock()

    private struct State: Sendable {
        var known: [String: (status: FileStatus, description: DataSetDescription)] = [:]
        var uploads = 0
    }

    private let state = Lock(State())

    /// Opens the data sets of the directory that a registry of models has opened.
    ///
    /// - Parameter bytesMax: what the arrays of one may take in memory; a quarter of it where nothing is said.
    public init(of models: ModelRegistry, bytesMax: Int = System.memoryByteCount / 4) throws {
        path = models.directory.path + "/datasets"
        files = models.directory.files
        self.bytesMax = bytesMax
        try files.makeDirectory(path)
        // What an upload left that never ended.
        for name in try files.list(path) where name.hasPrefix(".") { try files.remove("\(path)/\(name)") }
    }

    /// What a data set is sent as.
    public enum Form: String, CaseIterable, Sendable {
        case npz = "application/x-npz"
        case csv = "text/csv"

        public var mediaType: String { rawValue }
    }

    // MARK: Uploading

    /// Takes a data set, piece by piece; it counts, and is durable, once all of it has come and was read.
    ///
    /// - Parameters:
    ///   - bytesMax: what the file may have.
    ///   - nextPiece: gives the next bytes, nil at the end.
    /// - Returns: what it holds, and whether there was none of this id.
    public func put(
        _ id: String, _ form: Form, bytesMax: Int, _ nextPiece: () async throws -> ByteRegion?
    ) async throws -> (description: DataSetDescription, isNew: Bool) {
        try ResourceName.check(id, what: "data set")
        let number = state.withLock { state in
            state.uploads += 1
            return state.uploads
        }
        let temporary = "\(path)/.upload-\(number)"
        defer { try? files.remove(temporary) }
        return try await storing {
            let file = try files.open(temporary, .create)
            var byteCount = 0
            while let piece = try await nextPiece() {
                guard piece.count <= bytesMax - byteCount else {
                    throw ServiceError.tooLarge("the data set", bytesMax: bytesMax)
                }
                let start = byteCount
                try await ComputePool.shared.run { try piece.withUnsafeBytes { try file.writeAll($0, at: start) } }
                byteCount += piece.count
            }
            let path = filePath(id)
            return try await changes.withKey(id) {
                try await ComputePool.shared.run { [self] in
                    try settle(file, form)
                    let isNew = try files.status(path) == nil
                    try files.rename(temporary, to: path)
                    try files.synchronizeDirectory(self.path)
                    return (try description(of: id), isNew)
                }
            }
        }
    }

    /// Reads an uploaded file, so that what is wrong is found now, and makes it a durable npz.
    private func settle(_ file: any File, _ form: Form) throws {
        let contents = try file.map()
        switch form {
        case .npz:
            guard try NPZ.read(contents, limits: limits).count > 0 else {
                throw ServiceError.unfit("the data set holds no arrays")
            }
        case .csv:
            let pieces = try NPZ.pieces(contents.withUnsafeBytes { try CSV.read($0) })
            // The table is in memory now, so its file can take the arrays in its place.
            try files.open(file.path, .create).write(pieces)
        }
        try file.synchronize()
    }

    // MARK: Finding

    /// All data sets in the order of their ids.
    public func descriptions() async throws -> [DataSetDescription] {
        try await storing {
            try await ComputePool.shared.run { [self] in
                let ids = try files.list(path).filter { $0.hasSuffix(".npz") }.map { String($0.dropLast(4)) }
                // What is no data set, or one that was deleted meanwhile, is simply not there.
                return ids.sorted().compactMap { try? description(of: $0) }
            }
        }
    }

    /// What a data set holds.
    ///
    /// - Throws: `ServiceError.noSuchDataSet`.
    public func description(of id: String) throws -> DataSetDescription {
        let status = try status(of: id)
        if let known = state.withLock({ $0.known[id] }), known.status == status { return known.description }
        let specs = try NPZ.specs(files.open(filePath(id), .read).map(), limits: limits)
        let seconds = status.modified.rounded(.down)
        let description = DataSetDescription(
            id: id, arrays: specs.map { DataSetDescription.Array(name: $0.name, spec: $0.spec) },
            byteCount: status.byteCount,
            createdAt: Timestamp.string((Int64(seconds), Int64((status.modified - seconds) * 1e9))))
        state.withLock { $0.known[id] = (status, description) }
        return description
    }

    /// The arrays of a data set. They stay as they are, whatever becomes of its file.
    func open(_ id: String) throws -> DataSet {
        _ = try status(of: id)
        return DataSet(id: id, arrays: try NPZ.read(files.open(filePath(id), .read).map(), limits: limits))
    }

    /// The examples that a selection names, fitted to a model.
    ///
    /// - Throws: `ServiceError.noSuchDataSet`; `.unfit` when the arrays do not fit; `.conflict` for a model that is not built, so
    ///   that nobody knows what fits.
    public func examples(_ selection: DataSelection, for model: Model) async throws -> Examples {
        guard let inputs = model.inputs else {
            throw ServiceError.conflict(
                "model '\(model.name)' is not built yet, so nobody knows what fits it: call it first")
        }
        let outputs = model.outputs
        return try await storing {
            try await ComputePool.shared.run { [self] in
                try open(selection.dataSet).examples(selection, inputs: inputs, outputs: outputs)
            }
        }
    }

    public func delete(_ id: String) async throws {
        try await storing {
            try await changes.withKey(id) {
                _ = try status(of: id)
                try files.remove(filePath(id))
                try files.synchronizeDirectory(path)
                state.withLock { $0.known[id] = nil }
            }
        }
    }

    private func status(of id: String) throws -> FileStatus {
        do throws(ServiceError) {
            try ResourceName.check(id, what: "data set")
        } catch {
            // A name that none can have is one that none has.
            throw ServiceError.noSuchDataSet(id)
        }
        guard let status = try files.status(filePath(id)) else { throw ServiceError.noSuchDataSet(id) }
        return status
    }

    private func filePath(_ id: String) -> String { "\(path)/\(id).npz" }

    private var limits: NPZ.Limits {
        var limits = NPZ.Limits()
        limits.bytesMax = bytesMax
        return limits
    }

    private func storing<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let error as FileError { throw ServiceError(error) }
    }
}

/// What is told of a data set.
public struct DataSetDescription: Sendable {
    public struct Array: Sendable {
        public let name: String
        public let spec: TensorSpec
    }

    public let id: String
    /// In the order of the file.
    public let arrays: [Array]
    public let byteCount: Int
    public let createdAt: String
}
