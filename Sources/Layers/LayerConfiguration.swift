import Formats
import TensorCore

/// The `config` of one layer in a model's JSON, read with its types checked.
///
/// Every key that a layer does not read is an error in the end (``finish()``), so that a misspelt setting is found out; keys
/// whose value is null, and those that Keras writes for its own use, are passed over.
public struct LayerConfiguration {
    /// The class that the JSON names.
    public let className: String
    /// Where it stands in the JSON, for messages: `config.layers[1].config`.
    public let path: String
    private let values: JSONObject
    private let read = ReadKeys()

    private final class ReadKeys {
        var keys: Set<String> = []
    }

    /// Keys that every layer of Keras may have, and that are read elsewhere or mean nothing here.
    private static let common: Set<String> = [
        "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape", "input_dim", "autocast",
    ]

    /// - Parameter entry: `{"class_name", "config"}`, with what else Keras writes beside them.
    public init(_ entry: JSONValue, path: String) throws {
        guard let className = entry["class_name"]?.string else {
            throw LayerError(
                .value,
                "\(path).class_name must be the name of a layer class, but it is \(entry["class_name"] ?? .null)")
        }
        guard let values = (entry["config"] ?? [:]).object else {
            throw LayerError(.type, "\(path).config must be an object")
        }
        self.className = className
        self.path = path + ".config"
        self.values = values
    }

    private func value(_ key: String) -> JSONValue? {
        read.keys.insert(key)
        guard let value = values[key], !value.isNull else { return nil }
        return value
    }

    private func wrongType(_ key: String, _ expected: String) -> LayerError {
        LayerError(.type, "\(path).\(key) must be \(expected), but it is \(values[key] ?? .null)")
    }

    private func required<Value>(_ key: String, _ value: Value?) throws -> Value {
        guard let value else { throw LayerError(.value, "\(className) needs \(path).\(key)") }
        return value
    }

    public func integer(_ key: String) throws -> Int { try required(key, integerIfGiven(key)) }

    public func integerIfGiven(_ key: String) throws -> Int? {
        guard let value = value(key) else { return nil }
        guard let integer = value.integer else { throw wrongType(key, "a whole number") }
        return integer
    }

    public func number(_ key: String, default standard: Double) throws -> Double {
        guard let value = value(key) else { return standard }
        guard let number = value.double else { throw wrongType(key, "a number") }
        return number
    }

    public func bool(_ key: String, default standard: Bool) throws -> Bool {
        guard let value = value(key) else { return standard }
        guard let bool = value.bool else { throw wrongType(key, "true or false") }
        return bool
    }

    public func string(_ key: String) throws -> String? {
        guard let value = value(key) else { return nil }
        guard let string = value.string else { throw wrongType(key, "a string") }
        return string
    }

    /// A setting in JSON as it stands.
    public func json(_ key: String) -> JSONValue? { value(key) }

    // MARK: What every layer has

    /// The name that the JSON gives the layer, nil to let the network number it.
    public func name() throws -> String? { try string("name") }

    public func isTrainable() throws -> Bool { try bool("trainable", default: true) }

    /// The dtype of the layer's variables, as a name or as Keras 3's policy.
    public func dtype() throws -> DType? {
        guard let value = value("dtype") else { return nil }
        guard let name = value.string ?? value["config"]?["name"]?.string else {
            throw wrongType("dtype", "a dtype's name")
        }
        guard let dtype = DType(name: name) else {
            throw LayerError(.value, "\(path).dtype: there is no dtype '\(name)'")
        }
        return dtype
    }

    /// The shape of one example that the layer expects, without the batch; nil where the JSON does not say.
    public func inputShape() throws -> Shape? {
        for key in ["batch_input_shape", "batch_shape"] where value(key) != nil {
            let shape = try self.shape(key)
            guard shape.rank > 0 else { throw wrongType(key, "a shape with the batch first") }
            return shape.dropFirst()
        }
        if value("input_shape") != nil { return try shape("input_shape") }
        if let extent = try integerIfGiven("input_dim") { return try checked([extent], "input_dim") }
        return nil
    }

    /// A shape; null stands for an unknown extent.
    public func shape(_ key: String) throws -> Shape {
        guard let extents = value(key)?.array else { throw wrongType(key, "an array of extents") }
        var numbers: [Int] = []
        for extent in extents {
            guard let number = extent.isNull ? Shape.unknown : extent.integer, extent.isNull || number >= 0 else {
                throw wrongType(key, "an array of extents, each a whole number or null")
            }
            numbers.append(number)
        }
        return try checked(numbers, key)
    }

    private func checked(_ extents: [Int], _ key: String) throws -> Shape {
        guard extents.count <= Shape.rankMax, extents.allSatisfy({ $0 <= Shape.extentMax }) else {
            throw LayerError(.value, "\(path).\(key): \(TensorError.shapeTooLarge(extents: extents))")
        }
        return Shape(extents)
    }

    // MARK: Functions by name

    public func activation(_ key: String) throws -> Activation? {
        guard let value = value(key) else { return nil }
        return try Activation(json: value, path: "\(path).\(key)")
    }

    public func initializer(_ key: String) throws -> (any Initializer)? {
        guard let value = value(key) else { return nil }
        return try InitializerCatalog.make(value, path: "\(path).\(key)")
    }

    public func regularizer(_ key: String) throws -> (any Regularizer)? {
        guard let value = value(key) else { return nil }
        return try RegularizerCatalog.make(value, path: "\(path).\(key)")
    }

    /// Refuses what no one has read.
    public func finish() throws {
        let unread = values.members.filter {
            !$0.value.isNull && !read.keys.contains($0.key) && !LayerConfiguration.common.contains($0.key)
        }
        if let first = unread.first {
            throw LayerError(
                .value,
                "\(path).\(first.key): \(className) has no such setting; it has \(read.keys.sorted().joined(separator: ", "))"
            )
        }
    }
}
