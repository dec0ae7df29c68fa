import Checkpoints
import TensorCore

/// What the service refuses, with the values that a message needs.
public enum ServiceError: Error, Equatable, Sendable {
    case noSuchModel(String)
    case noSuchVariable(String, model: String)
    case noSuchLayer(String, model: String)
    case noSuchCheckpoint(String, model: String)
    case noSuchDataSet(String)
    case noSuchJob(String)
    /// A restore of the latest checkpoint where this incarnation of the model has saved none.
    case noCheckpointYet(model: String)
    case modelExists(String)
    case checkpointExists(String, model: String)
    case invalidName(String, what: String)
    /// The request is right, but not for what the model is now.
    case conflict(String)
    /// What came does not fit the model.
    case unfit(String)
    case tooManyModels(limit: Int)
    case tooManyJobs(model: String, limit: Int)
    case tooLarge(String, bytesMax: Int)
    case tooManyParameters(count: Int, limit: Int)
    /// A model that could not be brought back after a restart.
    case broken(model: String, reason: String)
    case stopping
    /// More calls wait for a model than may.
    case overloaded(model: String, limit: Int)
    /// The data directory could not be read or written.
    case storage(String, isFull: Bool)
    /// Another process serves from the data directory.
    case directoryInUse(path: String, holder: String)
}

extension ServiceError {
    /// What a file error means to a client.
    init(_ error: FileError) { self = .storage(error.description, isFull: error.isOutOfSpace) }
}

extension ServiceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchModel(let name): "there is no model '\(name)'"
        case .noSuchVariable(let name, let model): "model '\(model)' has no variable '\(name)'"
        case .noSuchLayer(let name, let model): "model '\(model)' has no layer '\(name)'"
        case .noSuchDataSet(let id): "there is no data set '\(id)'"
        case .noSuchJob(let id): "there is no job '\(id)'"
        case .noSuchCheckpoint(let id, let model): "model '\(model)' has no checkpoint '\(id)'"
        case .noCheckpointYet(let model): "model '\(model)' has no checkpoint of its own yet"
        case .modelExists(let name): "there is a model '\(name)' already"
        case .checkpointExists(let id, let model): "model '\(model)' has a checkpoint '\(id)' already"
        case .invalidName(let name, let what):
            "'\(name)' cannot name a \(what): names begin with a letter or digit, go on with letters, digits, '_', '.' and '-', and have at most 128 characters"
        case .conflict(let message), .unfit(let message): message
        case .tooManyJobs(let model, let limit): "\(limit) jobs wait for model '\(model)' already"
        case .tooManyModels(let limit): "there are \(limit) models already, and --max-models allows no more"
        case .tooLarge(let what, let bytesMax): "\(what) is larger than the \(bytesMax) bytes that are allowed"
        case .tooManyParameters(let count, let limit):
            "the model would have \(count) parameters, and --max-parameters allows \(limit)"
        case .broken(let model, let reason): "model '\(model)' could not be brought back: \(reason)"
        case .stopping: "the server is stopping"
        case .overloaded(let model, let limit):
            "\(limit) calls wait for model '\(model)' already, and --queue-limit allows no more"
        case .storage(let message, _): message
        case .directoryInUse(let path, let holder): "the data directory \(path) is in use by \(holder)"
        }
    }
}
