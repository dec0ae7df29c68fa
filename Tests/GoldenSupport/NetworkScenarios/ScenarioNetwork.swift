import Formats
import Layers
import Operators
import TensorCore

/// A network that a scenario describes in data.
final class ScenarioNetwork: Network {
    private(set) var children: [String: Layer] = [:]
    private let description: JSONValue
    private let arguments: [String: Layer]
    private let className: String
    private unowned let world: ScenarioWorld

    /// - Parameter arguments: what the constructor was given, by the arguments' names.
    init(_ className: String, name: String?, arguments: [String: Layer], in world: ScenarioWorld) throws {
        guard let description = world.classes[className] else {
            throw ScenarioFailure("there is no class '\(className)'")
        }
        self.className = className
        self.description = description
        self.arguments = arguments
        self.world = world
        try super.init(name: name)
        for child in description["children"]?.array ?? [] {
            guard let attribute = child["attr"]?.string else { throw ScenarioFailure("a child without a name") }
            let layer = try make(child)
            children[attribute] = try trackLayer(layer)
        }
    }

    private func make(_ child: JSONValue) throws -> Layer {
        if let argument = child["arg"]?.string {
            guard let layer = arguments[argument] else {
                throw ScenarioFailure("the argument '\(argument)' is missing")
            }
            return layer
        }
        guard let kind = child["new"]?.string else {
            throw ScenarioFailure("a child that is neither new nor an argument")
        }
        let config = child["config"] ?? [:]
        if world.classes[kind] != nil {
            return try ScenarioNetwork(kind, name: config["name"]?.string, arguments: [:], in: world)
        }
        return try makePlainLayer(kind, config)
    }

    /// The class's name in the scenario is what an anonymous network is called after.
    override var namingClass: String { className }

    override func emptyCopy() throws -> Layer {
        try ScenarioNetwork(className, name: givenName, arguments: arguments, in: world)
    }

    override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        let attributes = description["call"]?.array?.compactMap(\.string) ?? []
        let layers = attributes.compactMap { children[$0] }
        if description["call_mode"]?.string == "sum" {
            var sum: Tensor?
            for layer in layers {
                let output = try layer(inputs).single(for: layer)
                sum = if let known = sum { try known + output } else { output }
            }
            return sum.map { Tensors($0) } ?? inputs
        }
        return try layers.reduce(inputs) { try $1($0) }
    }
}

/// A layer of tf.layers, or the scenarios' own LossLayer.
func makePlainLayer(_ kind: String, _ config: JSONValue) throws -> Layer {
    let kind = kind.hasPrefix("tf.layers.") ? String(kind.dropFirst("tf.layers.".count)) : kind
    if kind == "LossLayer" { return LossLayer(name: config["name"]?.string) }
    var settings = JSONObject()
    for (key, value) in (config.object?.members ?? []).map({ ($0.key, $0.value) }) {
        settings[key] = key.hasSuffix("_regularizer") ? regularizer(value) : value
    }
    let layer = try LayerCatalog.layer(["class_name": .string(kind), "config": .object(settings)], path: "layer")
    layer.followsKeras = false
    return layer
}

/// `["l1", 2.0]` in Keras's form.
private func regularizer(_ value: JSONValue) -> JSONValue {
    guard let parts = value.array, let name = parts.first?.string, parts.count == 2 else { return value }
    return ["class_name": .string(name), "config": .object(JSONObject([(name, parts[1])]))]
}

/// The layer of the scenarios about losses and updates: weight `w` (ones, penalty Σw²), counter `cnt`; each call on x adds the
/// conditional loss Σx and the conditional update cnt ← Σx, and gives x·w.
final class LossLayer: Layer {
    private var weight: Variable?
    private var counter: Variable?

    init(name: String?) { super.init(layerName: name) }

    override func build(_ inputShape: Shape) throws {
        weight = try addVariable(
            "w", [inputShape.requiredDimension(-1, of: "the last dimension of the input to LossLayer")],
            initializer: .ones, regularizer: .l2(1))
        counter = try addVariable("cnt", [], initializer: .zeros, isTrainable: false)
    }

    override func call(_ x: Tensor) throws -> Tensor {
        if !executesEagerly {
            let total = try sum(x)
            try addLoss([total], inputs: [x])
            addUpdate([try counter.required(by: self).assign(total)], inputs: [x])
        }
        return try x * weight.required(by: self).value
    }

    override func emptyCopy() throws -> Layer { LossLayer(name: givenName) }
}
