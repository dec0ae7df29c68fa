import Formats

/// Something that a model's JSON names: an initializer, a regularizer, a constraint.
public protocol NamedInModels: Sendable {
    /// Its class and settings as Keras writes them; nil for one that no JSON can name.
    var namedConfiguration: NamedConfiguration? { get }
}

extension NamedInModels {
    public var namedConfiguration: NamedConfiguration? { nil }
}

/// `{"class_name": "Constant", "config": {"value": 2}}` in its parts.
public struct NamedConfiguration: Hashable, Sendable {
    public let className: String
    public let settings: JSONObject
    /// Keras's module, nil for what Keras does not have.
    public let module: String?

    public init(_ className: String, _ settings: JSONObject = JSONObject(), module: String?) {
        self.className = className
        self.settings = settings
        self.module = module
    }

    var json: JSONValue {
        [
            "module": module.map { .string($0) } ?? nil, "class_name": .string(className),
            "config": .object(settings), "registered_name": module == nil ? .string(className) : nil,
        ]
    }
}

extension NamedConfiguration {
    static func initializer(_ className: String, _ settings: [(String, JSONValue)] = []) -> NamedConfiguration {
        NamedConfiguration(className, JSONObject(settings), module: "keras.initializers")
    }

    static func regularizer(_ className: String, _ settings: [(String, JSONValue)]) -> NamedConfiguration {
        NamedConfiguration(className, JSONObject(settings), module: "keras.regularizers")
    }

    static func constraint(_ className: String, _ settings: [(String, JSONValue)] = []) -> NamedConfiguration {
        NamedConfiguration(className, JSONObject(settings), module: "keras.constraints")
    }
}

extension JSONValue {
    /// A seed, null where there is none.
    static func seed(_ seed: UInt64?) -> JSONValue {
        guard let seed else { return .null }
        return Int(exactly: seed).map { .integer($0) } ?? .unsigned(seed)
    }
}
