import Formats
import Layers
import Operators
import TensorCore

/// Layers: outputs, the loss Σ outputs · weights, its gradients, penalties, and what calls leave in the variables; each eagerly and
/// in a plan that was traced for any batch, in single precision and, where there is a truth for it, in double.
func runLayers(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    try runCases(manifest, folder, fields: LayerRun.fields) { golden in
        for dtype in [DType.float32, .float64] {
            for way in [LayerRun.Way.eager, .plan] {
                do {
                    try LayerRun(golden.item, golden.tensors, dtype, way)?.check()
                } catch {
                    throw GoldenFailure("\(way) in \(dtype): \(error)")
                }
            }
        }
    }
}

/// One case in one precision and in one way.
private struct LayerRun {
    enum Way {
        case eager, plan
    }

    /// Everything that a case may hold; what is not here would go unchecked.
    static let fields: Set<String> = [
        "api", "layer", "config", "training", "inputs", "variables", "outputs", "loss_weights", "loss",
        "input_grads", "variable_grads", "resolved_config", "float64", "float32_max_abs_error",
        "regularization_losses", "regularization_grads", "computed_via_transpose", "float64_unavailable", "call_kwargs",
        "variables_after", "further_calls",
    ]

    private let item: JSONValue
    private let tensors: GoldenTensors
    private let dtype: DType
    private let way: Way
    /// The layer, built, with the variables of the case.
    private let layer: Layer
    private let inputs: [Tensor]
    private let keywords: [(name: String, tensors: [Tensor])]
    /// What is not given as tensors.
    private let options: CallOptions

    /// Nil in double precision where there is no truth to compare with.
    init?(_ item: JSONValue, _ tensors: GoldenTensors, _ dtype: DType, _ way: Way) throws {
        try item["float64"]?.refuseFields(besides: ["loss", "outputs", "input_grads", "variable_grads"])
        for call in item["further_calls"]?.array ?? [] {
            try call.refuseFields(besides: ["inputs", "output", "variables_after"])
        }
        guard dtype == .float32 || item["float64"]?.object != nil else { return nil }
        self.item = item
        self.tensors = tensors
        self.dtype = dtype
        self.way = way
        func widened(_ name: String) throws -> Tensor {
            let tensor = try tensors.tensor(name)
            return tensor.dtype.isFloatingPoint ? try cast(tensor, to: dtype) : tensor
        }
        inputs = try item.names("inputs").map(widened)
        var options = CallOptions(training: item["training"]?.bool)
        keywords = try (item["call_kwargs"]?.object?.members ?? []).compactMap { member in
            if let flag = member.value.bool {
                switch member.key {
                case "use_causal_mask": options.usesCausalMask = flag
                case "return_attention_scores": options.returnsAttentionScores = flag
                default: throw GoldenFailure("there is an unknown call_kwargs.\(member.key)")
                }
                return nil
            }
            let names = member.value["tensors"]?.array ?? [member.value["tensor"] ?? .null]
            let isBool = member.value["bool"]?.bool ?? false
            return (
                member.key,
                try names.map { name in
                    guard let name = name.string else { throw GoldenFailure("\(member.key) has no tensor") }
                    return isBool ? try cast(tensors.tensor(name), to: .bool) : try widened(name)
                }
            )
        }
        self.options = options
        layer = try LayerRun.makeLayer(item, dtype)
        // The first call makes the variables, whose values are then those of the case.
        _ = try withNames { _ = try layer(Tensors(inputs), callOptions(keywords.map(\.tensors))) }
        try assignVariables()
        // What that call left is not the case's.
        for part in [layer] + layer.heldLayers { if part.isStateful { try (part as? RecurrentLayer)?.resetStates() } }
    }

    private func withNames<Result>(_ body: () throws -> Result) throws -> Result {
        try Context.currentOrDefault.with(names: NameRegistry(seed: 1).names()).bind(body)
    }

    private static func makeLayer(_ item: JSONValue, _ dtype: DType) throws -> Layer {
        guard let name = item["layer"]?.string, let config = item["config"]?.object else {
            throw GoldenFailure("the case names no layer or no config")
        }
        return try Context.currentOrDefault.with(names: NameRegistry(seed: 1).names()).bind {
            try LayerCatalog.layer(
                ["class_name": .string(name), "config": kerasForm(.object(config), dtype)], path: "layer")
        }
    }

    /// Objects that are written `{"class", …}`, as Keras writes them; all in one dtype.
    private static func kerasForm(_ config: JSONValue, _ dtype: DType, isLayer: Bool = true) -> JSONValue {
        guard let object = config.object else { return config }
        func form(_ value: JSONValue, _ key: String) -> JSONValue {
            if let array = value.array { return .array(array.map { form($0, key) }) }
            let isLayer = ["layer", "backward_layer", "cell", "cells"].contains(key)
            if let inner = value["class"]?.string {
                return ["class_name": .string(inner), "config": kerasForm(value, dtype, isLayer: isLayer)]
            }
            guard isLayer, var entry = value.object, let config = entry["config"] else { return value }
            entry["config"] = kerasForm(config, dtype)
            return .object(entry)
        }
        var settings = JSONObject()
        for member in object.members where member.key != "class" {
            settings[member.key] = form(member.value, member.key)
        }
        if isLayer { settings["dtype"] = .string(dtype.name) }
        return .object(settings)
    }

    private func callOptions(_ given: [[Tensor]]) throws -> CallOptions {
        var options = options
        for (keyword, tensors) in zip(keywords, given) {
            switch keyword.name {
            case "mask":
                options.mask = tensors[0]
                options.otherMasks = Array(tensors.dropFirst())
            case "initial_state": options.initialState = tensors
            case "attention_mask": options.attentionMask = tensors[0]
            default: throw GoldenFailure("there is an unknown call_kwargs.\(keyword.name)")
            }
        }
        return options
    }

    private func assignVariables() throws {
        let entries = item["variables"]?.array ?? []
        guard entries.count == layer.variables.count else {
            throw GoldenFailure("the layer has the variables \(layer.variables.map(\.name))")
        }
        for (entry, variable) in zip(entries, layer.variables) {
            guard entry["name"]?.string == variable.name else {
                throw GoldenFailure("\(variable.name) should be \(entry["name"] ?? .null)")
            }
            guard entry["trainable"]?.bool == variable.isTrainable else {
                throw GoldenFailure("\(variable.name) is \(variable.isTrainable ? "" : "not ")trainable")
            }
            try variable.assign(cast(tensors.tensor(entry["tensor"]?.string ?? ""), to: dtype))
        }
    }

    // MARK: Running

    /// What one run gives.
    private struct Found {
        var outputs: [Tensor] = []
        var loss: Tensor
        var inputGradients: [Tensor?] = []
        var variableGradients: [Tensor?] = []
        var penaltyGradients: [Tensor?] = []
        var penalties: [Tensor] = []
    }

    func check() throws {
        try compare(way == .eager ? run(inputs, keywords.map(\.tensors)) : runPlan())
        try checkVariables(item["variables_after"])
        for (index, call) in (item["further_calls"]?.array ?? []).enumerated() {
            do {
                let inputs = try call.names("inputs").map { try cast(tensors.tensor($0), to: dtype) }
                let outputs = try runFurther(inputs)
                try close(outputs[0], tensors.tensor(call["output"]?.string ?? ""), "output", isTruth: false)
                try checkVariables(call["variables_after"])
            } catch {
                throw GoldenFailure("call \(index + 2): \(error)")
            }
        }
    }

    private func run(_ inputs: [Tensor], _ given: [[Tensor]]) throws -> Found {
        let tape = GradientTape(persistent: true)
        let watched = inputs.filter(\.dtype.isFloatingPoint)
        tape.watch(watched)
        let collector = LossCollector()
        let weights = try item.names("loss_weights").map { try cast(tensors.tensor($0), to: dtype) }
        var (outputs, penalties): ([Tensor], [Tensor]) = ([], [])
        let (loss, penalty) = try tape.record {
            outputs = try collector.collect { try layer(Tensors(inputs), callOptions(given)).array }
            guard outputs.count == weights.count else {
                throw GoldenFailure("there are \(outputs.count) outputs, not \(weights.count)")
            }
            let sums = try zip(outputs, weights).map { try sum($0 * $1) }
            penalties = try layer.losses + collector.losses
            return (try total(sums), penalties.isEmpty ? nil : try total(penalties))
        }
        var found = Found(outputs: outputs, loss: loss, penalties: penalties)
        func gradients(_ target: Tensor, _ sources: [Tensor]) throws -> [Tensor?] {
            try tape.gradient(of: [target], withRespectTo: sources)
        }
        found.inputGradients = try gradients(loss, watched)
        let variables = layer.trainableVariables
        found.variableGradients = try tape.gradient(of: loss, withRespectTo: variables)
        if let penalty { found.penaltyGradients = try tape.gradient(of: penalty, withRespectTo: variables) }
        return found
    }

    private func total(_ tensors: [Tensor]) throws -> Tensor {
        try tensors.dropFirst().reduce(tensors[0]) { try $0 + $1 }
    }

    private var store: VariableStore { layer.variables.first?.store ?? VariableStore() }

    /// The specs with the batch left open.
    private func open(_ tensors: [Tensor]) -> [TensorSpec] {
        tensors.map { $0.rank > 0 ? $0.spec.with($0.shape.replacing(0, with: Shape.unknown)) : $0.spec }
    }

    private func runPlan() throws -> Found {
        let given = inputs + keywords.flatMap(\.tensors)
        var shape = Found(loss: Tensor(Float(0)))
        let plan = try withNames {
            try Plan(tracing: open(given), in: store) { placeholders in
                var rest = placeholders.dropFirst(inputs.count)[...]
                let keywordTensors = keywords.map { keyword in
                    defer { rest = rest.dropFirst(keyword.tensors.count) }
                    return Array(rest.prefix(keyword.tensors.count))
                }
                shape = try run(Array(placeholders.prefix(inputs.count)), keywordTensors)
                return shape.outputs + [shape.loss]
                    + (shape.inputGradients + shape.variableGradients + shape.penaltyGradients).compactMap { $0 }
                    + shape.penalties
            }
        }
        let values = try plan.writtenSlots.isEmpty ? plan.run(given, on: store.lease()) : plan.update(given).outputs
        var next = values.makeIterator()
        func fill(_ known: [Tensor?]) -> [Tensor?] { known.map { $0 == nil ? nil : next.next() } }
        let outputs = fill(shape.outputs).compactMap { $0 }
        guard let loss = next.next() else { throw GoldenFailure("the plan gave no loss") }
        return Found(
            outputs: outputs, loss: loss, inputGradients: fill(shape.inputGradients),
            variableGradients: fill(shape.variableGradients), penaltyGradients: fill(shape.penaltyGradients),
            penalties: fill(shape.penalties).compactMap { $0 })
    }

    private func runFurther(_ inputs: [Tensor]) throws -> [Tensor] {
        guard way == .plan else { return try layer(Tensors(inputs), callOptions([])).array }
        let plan = try withNames {
            try Plan(tracing: open(inputs), in: store) { try layer(Tensors($0), callOptions([])).array }
        }
        return try plan.update(inputs).outputs
    }

    // MARK: Comparing

    private func compare(_ found: Found) throws {
        let truth = item["float64"]?.object == nil ? item : item["float64"] ?? .null
        let names = truth.names("outputs")
        for (index, output) in found.outputs.enumerated() {
            try close(output, tensors.tensor(names[index]), "output \(index)")
        }
        guard let loss = truth["loss"]?.double else { throw GoldenFailure("the case has no loss") }
        try close(found.loss, Tensor(loss), "loss")
        let inputGradients = truth["input_grads"]?.array ?? []
        let floats = inputs.indices.filter { inputs[$0].dtype.isFloatingPoint }
        for entry in inputGradients {
            guard let place = entry["input"]?.integer.flatMap({ floats.firstIndex(of: $0) }) else {
                throw GoldenFailure("input_grads names an input that has no gradient")
            }
            try check(found.inputGradients[place], entry["tensor"], "gradient of input \(floats[place])")
        }
        try checkGradients(found.variableGradients, truth["variable_grads"], "gradient")
        if let penalties = item["regularization_losses"]?.array {
            guard penalties.count == found.penalties.count else {
                throw GoldenFailure("there are \(found.penalties.count) penalties, not \(penalties.count)")
            }
            for (penalty, expected) in zip(found.penalties, penalties) {
                try close(penalty, Tensor(expected.double ?? .nan), "penalty", isTruth: false)
            }
            try checkGradients(
                found.penaltyGradients, item["regularization_grads"], "penalty's gradient", isTruth: false)
        }
    }

    private func checkGradients(
        _ gradients: [Tensor?], _ entries: JSONValue?, _ what: String, isTruth: Bool = true
    ) throws {
        for entry in entries?.array ?? [] {
            guard let place = layer.trainableVariables.firstIndex(where: { $0.name == entry["name"]?.string }) else {
                throw GoldenFailure("there is no trainable variable \(entry["name"] ?? .null)")
            }
            try check(gradients[place], entry["tensor"], "\(what) of \(entry["name"] ?? .null)", isTruth: isTruth)
        }
    }

    private func check(_ gradient: Tensor?, _ name: JSONValue?, _ what: String, isTruth: Bool = true) throws {
        // Where TensorFlow has none, it must be nothing or zeros.
        let expected = try name?.string.map { try tensors.tensor($0) } ?? gradient.map { try zerosLike($0) }
        guard let expected else { return }
        guard let gradient else { throw GoldenFailure("\(what) is missing") }
        try close(gradient, expected, what, isTruth: isTruth)
    }

    private func checkVariables(_ entries: JSONValue?) throws {
        for entry in entries?.array ?? [] {
            guard let variable = layer.variables.first(where: { $0.name == entry["name"]?.string }) else {
                throw GoldenFailure("there is no variable \(entry["name"] ?? .null)")
            }
            try close(variable.value, tensors.tensor(entry["tensor"]?.string ?? ""), variable.name, isTruth: false)
        }
    }

    /// - Parameter isTruth: whether the expected numbers are double precision's, or TensorFlow's single ones.
    private func close(
        _ found: Tensor, _ expected: Tensor, _ what: String, isTruth: Bool = true
    ) throws {
        guard found.shape == expected.shape else {
            throw GoldenFailure("\(what) has the shape \(found.shape), not \(expected.shape)")
        }
        // TensorFlow rounds some of its constants to single precision whatever the dtype.
        let isDouble = dtype == .float64 && isTruth
        let relative = isDouble ? 1e-7 : 1e-5
        let absolute = isDouble ? 0 : 8 * (item["float32_max_abs_error"]?.double ?? 0)
        let values = try (
            cast(found, to: .float64).scalars(Double.self), cast(expected, to: .float64).scalars(Double.self)
        )
        for (value, truth) in zip(values.0, values.1) {
            let limit = absolute + relative * max(1, abs(truth))
            guard value == truth || abs(value - truth) <= limit || value.isNaN && truth.isNaN else {
                throw GoldenFailure("\(what) is \(value), not \(truth)")
            }
        }
    }
}

extension JSONValue {
    /// The strings of an array.
    fileprivate func names(_ key: String) -> [String] { self[key]?.array?.compactMap(\.string) ?? [] }
}
