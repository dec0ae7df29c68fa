import Formats
import Layers
import TensorCore
import Training

/// How a model is trained: an optimizer, a loss for each output, and metrics, as Keras's `compile` takes them.
///
/// ```json
/// {"optimizer": "Adam" | {"class_name", "config"},
///  "loss": one for all outputs | [one for each output] | {output name: loss},
///  "loss_weights"?: [numbers] | {output name: number},
///  "metrics"?, "weighted_metrics"?: one | [for all outputs] | [[for each output]] | {output name: one or many}}
/// ```
public struct TrainingSettings: Hashable, Sendable {
    /// As a client gave them, as they are kept on disk and shown.
    public let json: JSONValue

    private static let keys = ["optimizer", "loss", "loss_weights", "metrics", "weighted_metrics"]
    /// What only concerns how Keras itself runs.
    private static let fromKeras = [
        "run_eagerly", "jit_compile", "steps_per_execution", "sample_weight_mode", "auto_scale_loss",
    ]

    /// Reads settings and makes everything they name once, so that a mistake is found now.
    ///
    /// - Throws: `ServiceError.unfit` naming the place, what was expected there and what came.
    public init(_ json: JSONValue) throws(ServiceError) {
        guard let object = json.object else { throw .unfit("training must be an object, but it is \(json)") }
        let known = TrainingSettings.keys + TrainingSettings.fromKeras
        if let unknown = object.keys.first(where: { !known.contains($0) }) {
            throw .unfit("training has no '\(unknown)'; it has \(TrainingSettings.keys.joined(separator: ", "))")
        }
        for key in ["optimizer", "loss"] where json[key]?.isNull ?? true {
            throw .unfit("training needs training.\(key)")
        }
        self.json = json
        _ = try makeOptimizer()
        for (value, path) in parts("loss") { _ = try loss(value, path) }
        for key in ["metrics", "weighted_metrics"] {
            for (value, path) in parts(key) { _ = try metric(value, path) }
        }
    }

    /// The same settings but for the learning rate, for telling whether an optimizer can be kept.
    var withoutLearningRate: JSONValue {
        guard var config = json["optimizer"]?["config"]?.object, var optimizer = json["optimizer"]?.object,
            var object = json.object
        else { return json }
        for key in ["learning_rate", "lr"] { config[key] = nil }
        optimizer["config"] = .object(config)
        object["optimizer"] = .object(optimizer)
        return .object(object)
    }

    // MARK: Making

    func makeOptimizer() throws(ServiceError) -> Optimizer {
        try fitting { try TrainingCatalog.optimizer(json["optimizer"] ?? .null, path: "training.optimizer") }
    }

    /// What a network with these outputs is trained for.
    ///
    /// - Throws: `ServiceError.unfit` when the losses are not for these outputs.
    func makeObjective(outputs: [String]) throws(ServiceError) -> Objective {
        let given = json["loss"] ?? .null
        let weights = try lossWeights(outputs)
        if TrainingSettings.isOne(given) {
            let only = try loss(given, "training.loss")
            return try fitting { try Objective([only], lossWeights: weights) }
        }
        var losses: [any Loss] = []
        for (output, entry) in zip(outputs, try entries(given, "training.loss", outputs)) {
            guard let entry else { throw .unfit("training.loss has no loss for output '\(output)'") }
            losses.append(try loss(entry.value, entry.path))
        }
        return try fitting { try Objective(losses, lossWeights: weights) }
    }

    private func lossWeights(_ outputs: [String]) throws(ServiceError) -> [Double]? {
        guard let given = json["loss_weights"], !given.isNull else { return nil }
        let path = "training.loss_weights"
        guard given.array != nil || given.object != nil else {
            throw .unfit("\(path) must be an array or an object of numbers, but it is \(given)")
        }
        var weights: [Double] = []
        for entry in try entries(given, path, outputs) {
            guard let entry else {
                weights.append(1)
                continue
            }
            guard let weight = entry.value.double else {
                throw .unfit("\(entry.path) must be a number, but it is \(entry.value)")
            }
            weights.append(weight)
        }
        return weights
    }

    /// The metrics of a network with these outputs, nothing gathered yet.
    func makeMetrics(outputs: [String]) throws(ServiceError) -> MetricGroup {
        var group = MetricGroup()
        for (key, isWeighted) in [("metrics", false), ("weighted_metrics", true)] {
            guard let given = json[key], !given.isNull else { continue }
            let path = "training.\(key)"
            for (index, entry) in try metricEntries(given, path, outputs).enumerated() {
                guard let entry else { continue }
                for (value, path) in TrainingSettings.list(entry.value, entry.path) {
                    let metric = try metric(value, path)
                    let name = outputs.count > 1 ? "\(outputs[index])_\(metric.name)" : metric.name
                    group.add(metric, of: index, named: name, isWeighted: isWeighted)
                }
            }
        }
        return group
    }

    /// A list of names is for all outputs; a list of lists has one for each.
    private func metricEntries(
        _ given: JSONValue, _ path: String, _ outputs: [String]
    ) throws(ServiceError) -> [(value: JSONValue, path: String)?] {
        if let list = given.array, list.isEmpty || !list.contains(where: { $0.array != nil }) {
            return outputs.map { _ in (given, path) }
        }
        return try entries(given, path, outputs)
    }

    // MARK: Reading

    /// A name, or `{"class_name", "config"}`.
    private static func isOne(_ value: JSONValue) -> Bool { value.string != nil || value["class_name"] != nil }

    private static func list(_ value: JSONValue, _ path: String) -> [(value: JSONValue, path: String)] {
        if value.isNull { return [] }
        guard let array = value.array else { return [(value, path)] }
        return array.enumerated().map { ($1, "\(path)[\($0)]") }
    }

    /// The value for each output in turn; nil where an object names none.
    private func entries(
        _ given: JSONValue, _ path: String, _ outputs: [String]
    ) throws(ServiceError) -> [(value: JSONValue, path: String)?] {
        if TrainingSettings.isOne(given) { return outputs.map { _ in (given, path) } }
        if let array = given.array {
            guard array.count == outputs.count else {
                throw .unfit("\(path) has \(array.count) entries, but the model has \(outputs.count) outputs")
            }
            return array.enumerated().map { ($1, "\(path)[\($0)]") }
        }
        guard let object = given.object else {
            throw .unfit("\(path) must be a name, an object or an array, but it is \(given)")
        }
        if let unknown = object.keys.first(where: { !outputs.contains($0) }) {
            throw .unfit("\(path): the model has no output '\(unknown)'; it has \(outputs.joined(separator: ", "))")
        }
        return outputs.map { name in object[name].map { ($0, "\(path).\(name)") } }
    }

    /// Everything that one key names, whichever output it is for.
    private func parts(_ key: String) -> [(value: JSONValue, path: String)] {
        func leaves(_ value: JSONValue, _ path: String) -> [(value: JSONValue, path: String)] {
            if TrainingSettings.isOne(value) { return [(value, path)] }
            if value.array != nil { return TrainingSettings.list(value, path).flatMap { leaves($0.value, $0.path) } }
            if let object = value.object { return object.members.flatMap { leaves($0.value, "\(path).\($0.key)") } }
            return value.isNull ? [] : [(value, path)]
        }
        return leaves(json[key] ?? .null, "training.\(key)")
    }

    private func loss(_ value: JSONValue, _ path: String) throws(ServiceError) -> any Loss {
        try fitting { try TrainingCatalog.loss(value, path: path) }
    }

    private func metric(_ value: JSONValue, _ path: String) throws(ServiceError) -> any Metric {
        try fitting { try TrainingCatalog.metric(value, path: path) }
    }

    private func fitting<Product>(_ make: () throws -> Product) throws(ServiceError) -> Product {
        do { return try make() } catch { throw .unfit("\(error)") }
    }
}
