import Formats

/// What of a model can be changed while it serves. A file for each part; what a client leaves out stays as it is.
public struct ModelSettings: Hashable, Sendable {
    public var batching = Batching()
    public var checkpointing = Checkpointing()
    /// How it is trained; nil for not at all.
    public var training: TrainingSettings?

    public init() {}

    static let keys = ["batching", "checkpointing", "training"]

    /// These settings with the parts that an object names changed; null brings a part back to what it is at first.
    ///
    /// - Throws: `ServiceError.unfit` naming the key that is unknown or has a value that makes no sense.
    public func changed(by json: JSONValue) throws(ServiceError) -> ModelSettings {
        guard let object = json.object else { throw .unfit("settings must be an object, but they are \(json)") }
        if let unknown = object.keys.first(where: { !ModelSettings.keys.contains($0) }) {
            throw .unfit("a model has no setting '\(unknown)'; it has \(ModelSettings.keys.joined(separator: ", "))")
        }
        var settings = self
        if let given = json["batching"] {
            settings.batching = given.isNull ? Batching() : try batching.changed(by: given)
        }
        if let given = json["checkpointing"] {
            settings.checkpointing = given.isNull ? Checkpointing() : try checkpointing.changed(by: given)
        }
        if let given = json["training"] { settings.training = given.isNull ? nil : try TrainingSettings(given) }
        return settings
    }

    /// All parts, as they are kept on disk and shown.
    public var members: [(String, JSONValue)] {
        [("batching", batching.json), ("checkpointing", checkpointing.json), ("training", training?.json ?? .null)]
    }
}
