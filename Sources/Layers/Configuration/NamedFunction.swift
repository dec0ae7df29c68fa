import Formats

/// An initializer, regularizer, constraint or the like as a model's JSON names it: `"zeros"`, or
/// `{"class_name": "Constant", "config": {"value": 2}}`.
struct NamedFunction {
    let name: String
    let path: String
    private let config: JSONObject
    private let read = ReadKeys()

    private final class ReadKeys {
        var keys: Set<String> = []
    }

    init(_ value: JSONValue, path: String) throws {
        if let name = value.string {
            self.name = name
            config = JSONObject()
        } else if value["class_name"]?.string == "function", let name = value["config"]?.string {
            // How Keras 3 writes a function that is no object.
            self.name = name
            config = JSONObject()
        } else if let name = value["class_name"]?.string, let config = (value["config"] ?? [:]).object {
            self.name = name
            self.config = config
        } else {
            throw LayerError(
                .type, "\(path) must be a name or an object with class_name and config, but it is \(value)")
        }
        self.path = path
    }

    private func value(_ key: String) -> JSONValue? {
        read.keys.insert(key)
        guard let value = config[key], !value.isNull else { return nil }
        return value
    }

    private func wrongType(_ key: String, _ expected: String) -> LayerError {
        LayerError(.type, "\(path).config.\(key) must be \(expected), but it is \(config[key] ?? .null)")
    }

    func number(_ key: String, default standard: Double) throws -> Double {
        guard let value = value(key) else { return standard }
        guard let number = value.double, number.isFinite else { throw wrongType(key, "a number") }
        return number
    }

    func numberIfGiven(_ key: String) throws -> Double? {
        try value(key) == nil ? nil : number(key, default: 0)
    }

    /// A setting that means nothing here.
    func passOver(_ key: String) { read.keys.insert(key) }

    func integer(_ key: String, default standard: Int) throws -> Int {
        guard let value = value(key) else { return standard }
        guard let integer = value.integer else { throw wrongType(key, "a whole number") }
        return integer
    }

    /// One whole number or several.
    func integers(_ key: String, default standard: [Int]) throws -> [Int] {
        guard let value = value(key) else { return standard }
        if let integer = value.integer { return [integer] }
        guard let integers = value.array?.map(\.integer), !integers.contains(nil) else {
            throw wrongType(key, "a whole number or an array of them")
        }
        return integers.compactMap { $0 }
    }

    /// One of the raw values of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default standard: Choice
    ) throws -> Choice where Choice.RawValue == String {
        guard let value = value(key) else { return standard }
        guard let choice = value.string.flatMap(Choice.init(rawValue:)) else {
            throw wrongType(key, "one of " + Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))
        }
        return choice
    }

    /// What random numbers follow from; nil for those of the model.
    func seed() throws -> UInt64? {
        switch value("seed") {
        case nil: return nil
        case .integer(let seed)?: return UInt64(bitPattern: Int64(seed))
        case .unsigned(let seed)?: return seed
        // Keras 3 draws from a generator with a seed of its own.
        case .object(let generator)?: return generator["config"]?["seed"]?.integer.map { UInt64(bitPattern: Int64($0)) }
        default: throw wrongType("seed", "a whole number")
        }
    }

    /// Finds the entry of this name, written in either of Keras's ways: `GlorotUniform` or `glorot_uniform`.
    func look<Entry>(in catalog: [String: Entry], for what: String) throws -> Entry {
        if let entry = catalog[name] ?? catalog[snakeCase(name)] ?? catalog[name.lowercased()] { return entry }
        throw LayerError(
            .value, "\(path): there is no \(what) '\(name)'; known are \(catalog.keys.sorted().joined(separator: ", "))"
        )
    }

    /// Refuses settings that no one has read.
    func finish() throws {
        guard let extra = config.members.first(where: { !$0.value.isNull && !read.keys.contains($0.key) }) else {
            return
        }
        // The dtype is the variable's.
        guard extra.key != "dtype" else { return }
        throw LayerError(.value, "\(path).config.\(extra.key): \(name) has no such setting")
    }
}
