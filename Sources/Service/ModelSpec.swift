import Formats
import Layers

/// How a model is to be made: what a client sends, and what is kept on disk.
public struct ModelSpec: Hashable, Sendable {
    public let className: String
    public let config: JSONValue
    /// What the first values of its variables follow from; chosen at creation where the client names none.
    public var seed: UInt64
    /// What can be changed later.
    public var settings: ModelSettings

    private static let keys = ["name", "class_name", "config", "seed"] + ModelSettings.keys

    /// Reads a spec.
    ///
    /// - Throws: `ServiceError.unfit` naming the key that is missing, unknown or of the wrong type.
    public init(_ json: JSONValue) throws(ServiceError) {
        guard let object = json.object else { throw .unfit("a model spec must be an object, but it is \(json)") }
        guard let className = json["class_name"]?.string else {
            throw .unfit("class_name must name the model's class, but it is \(json["class_name"] ?? .null)")
        }
        // Keras writes its version and the like beside class_name; those keys mean nothing here.
        let fromKeras = ["module", "registered_name", "build_config", "keras_version", "backend", "compile_config"]
        if let unknown = object.keys.first(where: { !ModelSpec.keys.contains($0) && !fromKeras.contains($0) }) {
            throw .unfit("a model spec has no '\(unknown)'; it has \(ModelSpec.keys.joined(separator: ", "))")
        }
        self.className = className
        switch json["config"] {
        case nil, .null?: config = [:]
        case let object? where object.object != nil: config = object
        // Keras once wrote a Sequential's config as the array of its layers.
        case let layers? where layers.array != nil && className == "Sequential": config = ["layers": layers]
        case let other?: throw .unfit("config must be an object, but it is \(other)")
        }
        switch json["seed"] {
        case nil, .null?: seed = .random(in: 0...UInt64(Int64.max))
        case .integer(let number)? where number >= 0: seed = UInt64(number)
        case .unsigned(let number)?: seed = number
        case let other?: throw .unfit("seed must be a whole number from 0, but it is \(other)")
        }
        let given = JSONObject(
            object.members.filter { ModelSettings.keys.contains($0.key) }.map { ($0.key, $0.value) })
        settings = try ModelSettings().changed(by: .object(given))
    }

    /// As it is kept on disk, and shown.
    public var json: JSONValue {
        let parts: [(String, JSONValue)] = [
            ("class_name", .string(className)), ("config", config),
            ("seed", Int(exactly: seed).map { .integer($0) } ?? .unsigned(seed)),
        ]
        return .object(JSONObject(parts + settings.members))
    }
}
