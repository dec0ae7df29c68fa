import Formats
import Operators
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
    /// The layer that is copied, and its settings as they are.
    private var original: Layer?
    private var live: [String: LayerSettings.Setting] = [:]

    private final class ReadKeys {
        var keys: Set<String> = []
    }

    /// Keys that every layer of Keras may have, and that are read elsewhere or mean nothing here.
    private static let common: Set<String> = [
        "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape", "input_dim", "input_length",
        "autocast", "activity_regularizer",
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

    /// The settings of a layer, for an empty copy of it.
    ///
    /// - Parameter changes: settings that the copy has otherwise.
    init(copying layer: Layer, changing changes: JSONObject = JSONObject()) {
        className = layer.namingClass
        path = "the copy of layer \(layer.displayName)"
        original = layer
        var settings = LayerSettings(.keras3)
        layer.writeSettings(&settings)
        var values = JSONObject([("trainable", .bool(layer.isTrainable))])
        values["name"] = layer.givenName.map { .string($0) }
        values["dtype"] = layer.dtype.map { .string($0.name) }
        for (key, setting) in settings.members {
            if case .json(let json) = setting { values[key] = json } else { live[key] = setting }
        }
        for change in changes.members { values[change.key] = change.value }
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
        guard let number = value.double, number.isFinite else { throw wrongType(key, "a number") }
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

    /// Whether a setting is there and null.
    public func isNull(_ key: String) -> Bool { values[key]?.isNull ?? false }

    /// A setting in JSON as it stands.
    public func json(_ key: String) -> JSONValue? { value(key) }

    /// A whole number that must not be less than `minimum`.
    public func integer(_ key: String, atLeast minimum: Int, default standard: Int? = nil) throws -> Int {
        let integer = try integerIfGiven(key) ?? required(key, standard)
        guard integer >= minimum else { throw wrongValue(key, "at least \(minimum)") }
        return integer
    }

    /// One whole number for each of several axes, or one for all.
    public func integers(
        _ key: String, count: Int, atLeast minimum: Int, default standard: Int? = nil
    ) throws -> [Int] {
        guard let value = value(key) else { return Array(repeating: try required(key, standard), count: count) }
        let numbers =
            value.integer.map { Array(repeating: $0, count: count) } ?? value.array?.compactMap(\.integer) ?? []
        guard numbers.count == count, value.array.map({ $0.count == count }) ?? true else {
            throw wrongType(key, count == 1 ? "a whole number" : "a whole number or an array of \(count)")
        }
        guard numbers.allSatisfy({ $0 >= minimum && $0 <= Shape.extentMax }) else {
            throw wrongValue(key, "at least \(minimum)")
        }
        return numbers
    }

    /// Some whole numbers; nil where the JSON does not say. A lone one counts as a list.
    public func integerList(_ key: String) throws -> [Int]? {
        guard let value = value(key) else { return nil }
        if let integer = value.integer { return [integer] }
        guard let numbers = value.array?.map(\.integer), !numbers.contains(nil) else {
            throw wrongType(key, "an array of whole numbers")
        }
        return numbers.compactMap { $0 }
    }

    /// What lies before and after along each of several axes: one number, one for each axis, or a pair for each.
    public func paddings(_ key: String, count: Int, default standard: Int) throws -> [Padding] {
        guard let value = value(key) else { return Array(repeating: Padding(standard, standard), count: count) }
        func pair(_ value: JSONValue) throws -> Padding {
            let numbers = value.integer.map { [$0, $0] } ?? value.array?.compactMap(\.integer) ?? []
            guard numbers.count == 2, value.array.map({ $0.count == 2 }) ?? true,
                numbers.allSatisfy({ (0...Shape.extentMax).contains($0) })
            else { throw wrongType(key, "a whole number from 0, or for each of \(count) axes one or a pair of them") }
            return Padding(numbers[0], numbers[1])
        }
        if value.integer != nil { return Array(repeating: try pair(value), count: count) }
        // Along a single axis the pair needs no list around it.
        if count == 1, value.array?.count == 2 { return [try pair(value)] }
        guard let axes = value.array, axes.count == count else {
            throw wrongType(key, "a whole number from 0, or for each of \(count) axes one or a pair of them")
        }
        return try axes.map(pair)
    }

    public func numberIfGiven(_ key: String) throws -> Double? {
        try value(key) == nil ? nil : number(key, default: 0)
    }

    /// One of the raw values of an enumeration.
    public func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default standard: Choice
    ) throws -> Choice where Choice.RawValue == String {
        guard let name = try string(key) else { return standard }
        guard let choice = Choice(rawValue: name) else {
            throw wrongValue(key, "one of " + Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))
        }
        return choice
    }

    /// A seed for random numbers, or Keras 3's generator that holds one.
    public func seed(_ key: String = "seed") throws -> UInt64? {
        guard let value = value(key) else { return nil }
        if let seed = value.integer { return UInt64(bitPattern: Int64(seed)) }
        if case .unsigned(let seed) = value { return seed }
        guard value.object != nil else { throw wrongType(key, "a whole number") }
        return value["config"]?["seed"]?.integer.map { UInt64(bitPattern: Int64($0)) }
    }

    /// Settings that Keras writes and that make no difference here.
    public func passOver(_ keys: String...) { read.keys.formUnion(keys) }

    /// A setting of which only one value is supported.
    ///
    /// - Throws: ValueError for another one.
    public func require(_ key: String, toBe expected: JSONValue) throws {
        guard let value = value(key), value != expected else { return }
        throw wrongValue(key, "\(expected), which alone is supported")
    }

    /// An error about the value of one setting.
    public func wrongValue(_ key: String, _ expected: String) -> LayerError {
        LayerError(.value, "\(path).\(key) must be \(expected), but it is \(values[key] ?? .null)")
    }

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

    /// The shape of all examples that the layer expects, where the JSON gives it with the batch.
    func batchShape() throws -> Shape? {
        for key in ["batch_input_shape", "batch_shape"] where value(key) != nil {
            let shape = try self.shape(key)
            guard shape.rank > 0 else { throw wrongType(key, "a shape with the batch first") }
            return shape
        }
        return nil
    }

    /// The shape of one example that the layer expects, without the batch; nil where the JSON does not say.
    public func inputShape() throws -> Shape? {
        if let shape = try batchShape() { return shape.dropFirst() }
        if value("input_shape") != nil { return try shape("input_shape") }
        // An Embedding's own input_dim is another thing.
        if !read.keys.contains("input_dim"), let extent = try integerIfGiven("input_dim") {
            return try checked([extent], "input_dim")
        }
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

    // MARK: Functions by name, and layers

    public func activation(_ key: String) throws -> ActivationFunction? {
        if case .activation(let activation)? = live[key] { return activation }
        guard let value = value(key) else { return nil }
        return try ActivationFunction(json: value, path: "\(path).\(key)")
    }

    public func initializer(_ key: String) throws -> (any Initializer)? {
        if case .initializer(let initializer)? = live[key] { return initializer }
        guard let value = value(key) else { return nil }
        return try InitializerCatalog.make(value, path: "\(path).\(key)")
    }

    public func regularizer(_ key: String) throws -> (any Regularizer)? {
        if case .regularizer(let regularizer)? = live[key] { return regularizer }
        guard let value = value(key) else { return nil }
        return try RegularizerCatalog.make(value, path: "\(path).\(key)")
    }

    public func constraint(_ key: String) throws -> (any Constraint)? {
        if case .constraint(let constraint)? = live[key] { return constraint }
        guard let value = value(key) else { return nil }
        return try ConstraintCatalog.make(value, path: "\(path).\(key)")
    }

    /// A layer within this one; nil where there is none.
    public func layerIfGiven(_ key: String) throws -> Layer? {
        if case .layers(let layers, _)? = live[key] { return try original?.copied(layers[0]) }
        guard let value = value(key) else { return nil }
        return try LayerCatalog.layer(value, path: "\(path).\(key)")
    }

    public func layer(_ key: String) throws -> Layer { try required(key, layerIfGiven(key)) }

    /// Several layers within this one.
    public func layers(_ key: String) throws -> [Layer] {
        if case .layers(let layers, _)? = live[key], let original { return try layers.map { try original.copied($0) } }
        guard let entries = value(key)?.array else { throw wrongType(key, "an array of layers") }
        return try entries.enumerated().map { try LayerCatalog.layer($1, path: "\(path).\(key)[\($0)]") }
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
