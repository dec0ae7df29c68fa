import Formats
import TensorCore

/// A whole model, which Keras writes in a way of its own.
protocol KerasModel: Network {
    /// The model's `config`.
    func modelSettings(_ dialect: KerasDialect) throws -> JSONObject
}

extension KerasModel {
    /// As it stands among the layers of another model.
    func modelConfiguration(_ dialect: KerasDialect) throws -> JSONValue {
        [
            "module": .string(dialect == .keras3 ? "keras.models" : "keras"), "class_name": .string(namingClass),
            "registered_name": .string(namingClass), "config": .object(try modelSettings(dialect)),
        ]
    }
}

extension Network {
    /// The model that Keras's JSON describes, of Keras 2 or 3: what `model.to_json()` gives.
    ///
    /// - Parameter name: the network's; by default what the JSON says.
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    public static func model(kerasJSON json: JSONValue, name: String? = nil) throws -> Network {
        guard let className = json["class_name"]?.string else {
            throw LayerError(
                .value, "class_name must be the class of a model, but it is \(json["class_name"] ?? .null)")
        }
        let config = json["config"] ?? [:]
        guard
            let model = try model(
                className: className, config: config, path: "config", name: name ?? config["name"]?.string)
        else {
            throw LayerError(
                .value,
                "class_name: there is no model class '\(className)'; known are \(modelClassNames.joined(separator: ", "))"
            )
        }
        return model
    }

    /// The classes of ``model(className:config:path:name:)``.
    public static let modelClassNames = ["Functional", "Model", "Sequential"]

    /// The model of a class and its `config`; nil for a class that is no model's.
    ///
    /// - Parameters:
    ///   - path: where the config stands in the JSON, for messages.
    ///   - name: the network's, nil to be named as it is tracked or called.
    public static func model(
        className: String, config: JSONValue, path: String, name: String?
    ) throws -> Network? {
        switch className {
        case "Sequential": try Sequential(config: config, path: path, name: name)
        case "Functional", "Model": try Functional(config: config, path: path, name: name)
        default: nil
        }
    }

    /// The model as Keras's `model.to_json()` writes it: `{"class_name", "config", …}`.
    ///
    /// - Throws: NotImplementedError for a network that Keras has no form for, or that holds a layer it has no name for.
    public final func kerasJSON(_ dialect: KerasDialect = .keras3) throws -> JSONValue {
        guard let model = self as? any KerasModel else {
            throw LayerError(
                .notImplemented, "\(className) is neither Sequential nor Functional, which Keras's JSON takes")
        }
        var json = JSONObject()
        if dialect == .keras3 { json["module"] = namingClass == "Sequential" ? "keras" : "keras.src.models.functional" }
        json["class_name"] = .string(namingClass)
        json["config"] = .object(try model.modelSettings(dialect))
        if dialect == .keras3 { json["registered_name"] = namingClass == "Sequential" ? nil : .string(namingClass) }
        json["keras_version"] = dialect == .keras2 ? "2.15.0" : "3.0.0"
        json["backend"] = "tensorflow"
        return .object(json)
    }
}
