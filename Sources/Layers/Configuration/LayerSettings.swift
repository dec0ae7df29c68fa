import Formats
import Operators
import TensorCore

/// What a layer was told at its making, by the keys that Keras has for it: for its JSON, and for empty copies of it.
///
/// Functions and inner layers are kept as they are, so that a copy has them even where no JSON can name them.
public struct LayerSettings {
    enum Setting {
        case json(JSONValue)
        case activation(ActivationFunction?)
        case initializer((any Initializer)?)
        case regularizer((any Regularizer)?)
        case constraint((any Constraint)?)
        case layers([Layer], isList: Bool)
    }

    private(set) var members: [(key: String, setting: Setting)] = []
    /// Who is to read them, for the few keys that have changed.
    public let dialect: KerasDialect

    init(_ dialect: KerasDialect) { self.dialect = dialect }

    private mutating func append(_ key: String, _ setting: Setting) { members.append((key, setting)) }

    public mutating func set(_ key: String, json: JSONValue) { append(key, .json(json)) }
    public mutating func set(_ key: String, _ value: Bool) { append(key, .json(.bool(value))) }
    public mutating func set(_ key: String, _ value: Int?) {
        append(key, .json(value.map { .integer($0) } ?? .null))
    }
    public mutating func set(_ key: String, _ value: Double?) {
        append(key, .json(value.map { .double($0) } ?? .null))
    }
    public mutating func set(_ key: String, _ value: String?) {
        append(key, .json(value.map { .string($0) } ?? .null))
    }
    public mutating func set(_ key: String, _ values: [Int]?) {
        append(key, .json(values.map { .array($0.map { .integer($0) }) } ?? .null))
    }
    /// A shape; unknown extents are null.
    public mutating func set(_ key: String, _ shape: Shape?) { append(key, .json(shape?.json ?? .null)) }
    /// What lies before and after along each axis.
    public mutating func set(_ key: String, _ paddings: [Padding]) {
        append(key, .json(.array(paddings.map { [.integer($0.before), .integer($0.after)] })))
    }
    public mutating func set(_ key: String, _ activation: ActivationFunction?) {
        append(key, .activation(activation))
    }
    /// An initializer; without one Keras would take the Glorot uniform.
    public mutating func set(_ key: String, _ initializer: (any Initializer)?) {
        append(key, .initializer(initializer))
    }
    public mutating func set(_ key: String, _ regularizer: (any Regularizer)?) {
        append(key, .regularizer(regularizer))
    }
    public mutating func set(_ key: String, _ constraint: (any Constraint)?) { append(key, .constraint(constraint)) }
    public mutating func set(_ key: String, _ layer: Layer?) {
        append(key, layer.map { .layers([$0], isList: false) } ?? .json(.null))
    }
    public mutating func set(_ key: String, _ layers: [Layer]) { append(key, .layers(layers, isList: true)) }

    /// As Keras writes them.
    ///
    /// - Throws: NotImplementedError for a function that no JSON can name.
    func json(of layer: Layer) throws -> JSONObject {
        func named(_ value: (any NamedInModels)?, _ key: String) throws -> JSONValue {
            guard let value else { return .null }
            guard let configuration = value.namedConfiguration else {
                throw LayerError(
                    .notImplemented,
                    "\(key) of layer \(layer.displayName) is a \(type(of: value)), which has no name in JSON")
            }
            return configuration.json
        }
        var object = JSONObject()
        for (key, setting) in members {
            object[key] =
                switch setting {
                case .json(let json): json
                case .activation(let activation): activation?.json ?? "linear"
                case .initializer(let initializer): try named(initializer ?? .glorotUniform, key)
                case .regularizer(let regularizer): try named(regularizer, key)
                case .constraint(let constraint): try named(constraint, key)
                case .layers(let layers, true): .array(try layers.map { try $0.configuration(dialect) })
                case .layers(let layers, false): try layers[0].configuration(dialect)
                }
        }
        return object
    }
}

/// Which Keras is to read what is written.
public enum KerasDialect: String, Sendable, CaseIterable {
    /// TensorFlow 2.12 to 2.15.
    case keras2
    case keras3
}

/// A layer that a model's JSON can name: one that can be made from its settings.
public protocol ConfigurableLayer: Layer {
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    init(configuration: LayerConfiguration) throws
}

extension Layer {
    /// The layer as Keras writes it: `{"module", "class_name", "config", "registered_name"}`.
    ///
    /// - Throws: NotImplementedError for a class that Keras's JSON has no name for.
    public final func configuration(_ dialect: KerasDialect = .keras3) throws -> JSONValue {
        if let model = self as? any KerasModel { return try model.modelConfiguration(dialect) }
        guard self is any ConfigurableLayer else {
            throw LayerError(.notImplemented, "\(className) of layer \(displayName) has no name in Keras's JSON")
        }
        var settings = LayerSettings(dialect)
        writeSettings(&settings)
        var config = JSONObject([
            ("name", .string(displayName)), ("trainable", .bool(isTrainable)),
            ("dtype", .string((dtype ?? .float32).name)),
        ])
        if let activityRegularizer, !(self is ActivityRegularization) {
            settings.set("activity_regularizer", activityRegularizer)
        }
        for member in try settings.json(of: self).members { config[member.key] = member.value }
        return [
            "module": "keras.layers", "class_name": .string(namingClass), "config": .object(config),
            "registered_name": nil,
        ]
    }
}

extension Shape {
    /// An array of extents, null where they are unknown.
    var json: JSONValue { .array(extents.map { $0 < 0 ? .null : .integer($0) }) }
}
