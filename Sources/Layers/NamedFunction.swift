import Formats

/// An initializer, regularizer, constraint or the like as a model's JSON names it: `"zeros"`, or
/// `{"class_name": "Constant", "config": {"value": 2}}`.
struct NamedFunction {
    let name: String
    let path: String
    private let config: JSONObject

    init(_ value: JSONValue, path: String) throws {
        if let name = value.string {
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

    func number(_ key: String, default standard: Double) throws -> Double {
        guard let value = config[key], !value.isNull else { return standard }
        guard let number = value.double else {
            throw LayerError(.type, "\(path).config.\(key) must be a number, but it is \(value)")
        }
        return number
    }

    func string(_ key: String, default standard: String) throws -> String {
        guard let value = config[key], !value.isNull else { return standard }
        guard let string = value.string else {
            throw LayerError(.type, "\(path).config.\(key) must be a string, but it is \(value)")
        }
        return string
    }

    /// Finds the entry of this name, written in either of Keras's ways: `GlorotUniform` or `glorot_uniform`.
    func look<Entry>(in catalog: [String: Entry], for what: String) throws -> Entry {
        if let entry = catalog[name] ?? catalog[snakeCase(name)] { return entry }
        throw LayerError(
            .value, "\(path): there is no \(what) '\(name)'; known are \(catalog.keys.sorted().joined(separator: ", "))"
        )
    }
}
