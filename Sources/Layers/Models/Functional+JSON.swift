import Formats
import Operators
import TensorCore

extension Functional: KerasModel {
    /// The model that Keras's JSON describes: `{"layers": [{"class_name", "config", "name", "inbound_nodes"}, …],
    /// "input_layers", "output_layers"}`, in the notation of Keras 2 or 3.
    ///
    /// - Parameters:
    ///   - config: the model's own `config`.
    ///   - path: where it stands in the JSON, for messages.
    ///   - name: the network's name; the config's is not used.
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    public convenience init(config: JSONValue, path: String, name: String?) throws {
        try self.init(name)
        var reader = try FunctionalReader(config, path: path, model: self)
        try reader.read()
    }
}

/// Reads the calls of a model. A call waits until those it needs have been read.
private struct FunctionalReader {
    private let config: JSONValue
    private let path: String
    private let model: Functional
    private var layers: [(name: String, layer: Layer, nodes: [JSONValue], path: String)] = []
    /// The outputs of each layer's calls so far, by the layer's name.
    private var values: [String: [Functional.Value]] = [:]
    private var waiting = false

    init(_ config: JSONValue, path: String, model: Functional) throws {
        guard let entries = config["layers"]?.array, !entries.isEmpty else {
            throw LayerError(.type, "\(path).layers must be an array of layers, but it is \(config["layers"] ?? .null)")
        }
        self.config = config
        self.path = path
        self.model = model
        for (index, entry) in entries.enumerated() {
            let place = "\(path).layers[\(index)]"
            guard let name = entry["name"]?.string ?? entry["config"]?["name"]?.string else {
                throw LayerError(.value, "\(place).name must be the layer's name, but it is \(entry["name"] ?? .null)")
            }
            guard !layers.contains(where: { $0.name == name }) else {
                throw LayerError(.value, "\(place).name: there is another layer '\(name)'")
            }
            guard let nodes = (entry["inbound_nodes"] ?? []).array else {
                throw LayerError(.type, "\(place).inbound_nodes must be an array")
            }
            let layer = try LayerCatalog.layer(entry.named(name), path: place)
            try model.trackLayer(layer)
            layers.append((name, layer, nodes, place + ".inbound_nodes"))
        }
    }

    mutating func read() throws {
        for entry in layers {
            if let input = entry.layer as? InputLayer { values[entry.name] = [try model.input(input)] }
        }
        var rest = layers.filter { !($0.layer is InputLayer) && !$0.nodes.isEmpty }.map { ($0, done: 0) }
        while !rest.isEmpty {
            var hasMoved = false
            for index in rest.indices {
                let entry = rest[index].0
                while rest[index].done < entry.nodes.count {
                    let place = "\(entry.path)[\(rest[index].done)]"
                    waiting = false
                    let call = try self.call(entry.layer, entry.nodes[rest[index].done], place)
                    guard !waiting else { break }
                    values[entry.name, default: []].append(try model.append(call))
                    rest[index].done += 1
                    hasMoved = true
                }
            }
            rest.removeAll { $0.0.nodes.count == $0.done }
            guard hasMoved || rest.isEmpty else {
                throw LayerError(.value, "\(rest[0].0.path): the calls of layer '\(rest[0].0.name)' need each other")
            }
        }
        let inputs = try ends("input_layers")
        let outputs = try ends("output_layers")
        for (name, value) in inputs where !(model.calls[value.call].layer is InputLayer) {
            throw LayerError(.value, "\(path).input_layers: '\(name)' is no InputLayer")
        }
        guard Set(inputs.map(\.value)) == Set(model.inputs) else {
            throw LayerError(.value, "\(path).input_layers must name every InputLayer of the model")
        }
        let names = config["output_layers"]?.object == nil ? nil : outputs.map(\.name)
        model.finish(inputs: inputs.map(\.value), outputs: outputs.map(\.value), names: names)
    }

    // MARK: Inputs and outputs of the model

    /// `[["name", 0, 0], …]`, `["name", 0, 0]`, or an object of such.
    private mutating func ends(_ key: String) throws -> [(name: String, value: Functional.Value)] {
        let place = "\(path).\(key)"
        guard let json = config[key] else { throw LayerError(.value, "\(place) is missing") }
        var ends: [(name: String, JSONValue)] = []
        if json.array?.first?.string != nil {
            ends = [("", json)]
        } else if let object = json.object {
            ends = object.members.map { ($0.key, $0.value) }
        } else {
            // Lists in lists are flattened, as Keras does.
            func flatten(_ json: JSONValue) {
                if json.array?.first?.string != nil || json.array == nil {
                    ends.append((json.array?.first?.string ?? "", json))
                } else {
                    json.array?.forEach(flatten)
                }
            }
            flatten(json)
        }
        waiting = false
        let found = try ends.map { (name: $0.name, value: try reference($0.1, place)) }
        guard !found.isEmpty, !waiting else {
            throw LayerError(.value, "\(place) must name outputs of calls of the model's layers, but it is \(json)")
        }
        return try found.map { end in
            guard let value = end.value else { throw notAReference(json, place) }
            return (end.name, value)
        }
    }

    // MARK: Calls

    private mutating func call(_ layer: Layer, _ node: JSONValue, _ place: String) throws -> Functional.Call {
        if let object = node.object { return try keras3Call(layer, object, place) }
        guard let entries = node.array, !entries.isEmpty else {
            throw LayerError(.type, "\(place) must be a call, but it is \(node)")
        }
        // The inputs alone, or a lone input without a list around it.
        let inputs = entries[0].string == nil ? entries : [node]
        var arguments: [Functional.Argument] = []
        for (index, input) in inputs.enumerated() {
            arguments.append(try argument(input, "\(place)[\(index)]"))
        }
        var keywords: [(name: String, value: Functional.Keyword)] = []
        for member in inputs[0].array?.dropFirst(3).first?.object?.members ?? [] {
            keywords.append((member.key, try keyword(member.value, "\(place)[0][3].\(member.key)")))
        }
        return Functional.Call(layer: layer, inputs: arguments, isList: arguments.count > 1, keywords: keywords)
    }

    private mutating func argument(_ json: JSONValue, _ place: String) throws -> Functional.Argument {
        if json.array?.first?.string == "_CONSTANT_VALUE", let value = json.array?.dropFirst(2).first {
            return .constant(try constant(value, .float32, place))
        }
        if json["class_name"]?.string == "__tensor__" || json["class_name"]?.string == "__numpy__" {
            let config = json["config"] ?? [:]
            return .constant(
                try constant(config["value"] ?? [], DType(name: config["dtype"]?.string ?? "") ?? .float32, place))
        }
        guard let value = try reference(json, place) else {
            if waiting { return .constant(Tensor([], [Float](repeating: 0, count: 1))) }
            throw notAReference(json, place)
        }
        return .value(value)
    }

    /// `{"args": [x, …], "kwargs": {…}}`
    private mutating func keras3Call(
        _ layer: Layer, _ node: JSONObject, _ place: String
    ) throws -> Functional.Call {
        guard let args = node["args"]?.array, let kwargs = (node["kwargs"] ?? [:]).object else {
            throw LayerError(.type, "\(place) must have args and kwargs")
        }
        var rest = kwargs.members.map { ($0.key, $0.value) }
        var first = args.first
        if first == nil, let named = rest.first(where: { ["inputs", "query", "sequences", "sequence"].contains($0.0) })
        {
            first = named.1
            rest.removeAll { $0.0 == named.0 }
        }
        guard let first else { throw LayerError(.value, "\(place).args must hold the inputs") }
        let list = first.array
        var arguments: [Functional.Argument] = []
        for (index, input) in (list ?? [first]).enumerated() {
            arguments.append(try argument(input, list == nil ? "\(place).args[0]" : "\(place).args[0][\(index)]"))
        }
        var keywords: [(name: String, value: Functional.Keyword)] = []
        for (index, value) in args.dropFirst().enumerated() {
            guard index < layer.positionalKeywords.count else {
                throw LayerError(.type, "\(place).args: a call of layer '\(layer.displayName)' takes fewer arguments")
            }
            keywords.append((layer.positionalKeywords[index], try keyword(value, "\(place).args[\(index + 1)]")))
        }
        for (name, value) in rest { keywords.append((name, try keyword(value, "\(place).kwargs.\(name)"))) }
        return Functional.Call(layer: layer, inputs: arguments, isList: list != nil, keywords: keywords)
    }

    private mutating func keyword(_ json: JSONValue, _ place: String) throws -> Functional.Keyword {
        if isReference(json) { return try reference(json, place).map { .value($0) } ?? .json(nil) }
        if let array = json.array, !array.isEmpty, array.allSatisfy(isReference) {
            var values: [Functional.Value] = []
            for element in array {
                if let value = try reference(element, place) { values.append(value) }
            }
            return .values(values)
        }
        return .json(json)
    }

    // MARK: References to outputs of calls

    private func history(_ json: JSONValue) -> [JSONValue]? {
        json["class_name"]?.string == "__keras_tensor__" ? json["config"]?["keras_history"]?.array : json.array
    }

    private func isReference(_ json: JSONValue) -> Bool {
        guard let history = history(json), history.count >= 3, let name = history[0].string else { return false }
        return history[1].integer != nil && history[2].integer != nil && layers.contains { $0.name == name }
    }

    /// The output that is meant; nil, with `waiting` set, for a call that was not read yet.
    private mutating func reference(_ json: JSONValue, _ place: String) throws -> Functional.Value? {
        guard let history = history(json), history.count >= 3, let name = history[0].string,
            let node = history[1].integer, let output = history[2].integer, output >= 0
        else { throw notAReference(json, place) }
        guard let layer = layers.first(where: { $0.name == name }) else {
            throw LayerError(.value, "\(place): there is no layer '\(name)'")
        }
        // Models begin with a call on their own inputs, which is not written but counted.
        let index = layer.layer is Network && !namesFirstCall(of: name) ? node - 1 : node
        guard index >= 0, index < max(layer.nodes.count, 1) else {
            throw LayerError(.value, "\(place): layer '\(name)' has no call \(node)")
        }
        guard let value = values[name], index < value.count else {
            waiting = true
            return nil
        }
        return Functional.Value(call: value[index].call, output: output)
    }

    /// Whether anything refers to call 0 of a layer.
    private func namesFirstCall(of name: String) -> Bool {
        func names(_ json: JSONValue) -> Bool {
            if let history = history(json), history.count >= 3, history[0].string == name, history[1].integer == 0 {
                return true
            }
            if let array = json.array { return array.contains(where: names) }
            return json.object?.members.contains { names($0.value) } ?? false
        }
        return layers.contains { $0.nodes.contains(where: names) } || names(config["output_layers"] ?? nil)
    }

    private func notAReference(_ json: JSONValue, _ place: String) -> LayerError {
        LayerError(.type, "\(place) must be an output of a layer's call, [name, call, output], but it is \(json)")
    }

    /// A tensor that stands in the JSON.
    private func constant(_ json: JSONValue, _ dtype: DType, _ place: String) throws -> Tensor {
        var extents: [Int] = []
        var inner = json
        while let array = inner.array {
            extents.append(array.count)
            guard let next = array.first else { break }
            inner = next
        }
        func flat(_ json: JSONValue) throws -> [Double] {
            if let number = json.double { return [number] }
            guard let array = json.array else {
                throw LayerError(.type, "\(place) must hold numbers, but it holds \(json)")
            }
            return try array.flatMap(flat)
        }
        let numbers = try flat(json)
        let shape = try Shape(checking: extents)
        guard numbers.count == shape.elementCount else {
            throw LayerError(.value, "\(place) must be a tensor, but its parts differ in size")
        }
        return try cast(Tensor(shape, numbers), to: dtype)
    }
}

extension JSONValue {
    /// A layer's entry, with its name in its config, where old Keras did not write it.
    fileprivate func named(_ name: String) -> JSONValue {
        guard var entry = object, var config = entry["config"]?.object, config["name"] == nil else { return self }
        config["name"] = .string(name)
        entry["config"] = .object(config)
        return .object(entry)
    }
}

extension Layer {
    /// What the arguments of a call after the first are called, for Keras 3's calls that name none.
    fileprivate var positionalKeywords: [String] {
        inputKeywords.isEmpty
            ? accepts.contains(.initialState) ? ["initial_state", "mask", "training"] : ["training", "mask"]
            : inputKeywords
    }
}

// MARK: - Writing

extension Functional {
    func modelSettings(_ dialect: KerasDialect) throws -> JSONObject {
        var entries: [JSONValue] = []
        // Keras looks at the history of a tensor; its shape and dtype are there to be read.
        let specs = (try? callSpecs(inputPorts?.map(\.spec) ?? [])) ?? calls.map { _ in [] }
        for layer in layers {
            guard var entry = try layer.configuration(dialect).object else { continue }
            entry["name"] = .string(layer.displayName)
            let nodes = calls.filter { $0.layer === layer && !(layer is InputLayer) }
            entry["inbound_nodes"] = .array(try nodes.map { try node($0, dialect, specs) })
            entries.append(.object(entry))
        }
        func ends(_ values: [Value]) -> JSONValue { .array(values.map { .array(history($0, dialect)) }) }
        return JSONObject([
            ("name", .string(displayName)), ("trainable", true), ("layers", .array(entries)),
            ("input_layers", ends(inputs)), ("output_layers", ends(outputs)),
        ])
    }

    /// `[name, call, output]`
    private func history(_ value: Value, _ dialect: KerasDialect) -> [JSONValue] {
        let layer = calls[value.call].layer
        let index = calls[..<value.call].filter { $0.layer === layer }.count
        // Models begin with a call on their own inputs, which is not written but counted.
        let skipped = layer is Functional || layer is Sequential && dialect == .keras2 ? 1 : 0
        return [.string(layer.displayName), .integer(index + skipped), .integer(value.output)]
    }

    private func node(_ call: Call, _ dialect: KerasDialect, _ specs: [[TensorSpec]]) throws -> JSONValue {
        if dialect == .keras2 {
            let keywords = JSONObject(call.keywords.map { ($0.name, json($0.value, dialect, specs)) })
            return .array(
                try call.inputs.enumerated().map { index, argument in
                    let head: [JSONValue] =
                        switch argument {
                        case .value(let value): history(value, dialect)
                        case .constant(let constant): ["_CONSTANT_VALUE", -1, try constant.json]
                        }
                    return .array(head + [.object(index == 0 ? keywords : JSONObject())])
                })
        }
        let inputs = try call.inputs.map { argument in
            switch argument {
            case .value(let value): reference(value, dialect, specs)
            case .constant(let constant):
                [
                    "class_name": "__tensor__",
                    "config": ["value": try constant.json, "dtype": .string(constant.dtype.name)],
                ] as JSONValue
            }
        }
        let first: JSONValue = call.isList || inputs.count != 1 ? .array(inputs) : inputs[0]
        return [
            "args": [first],
            "kwargs": .object(JSONObject(call.keywords.map { ($0.name, json($0.value, dialect, specs)) })),
        ]
    }

    private func json(_ keyword: Keyword, _ dialect: KerasDialect, _ specs: [[TensorSpec]]) -> JSONValue {
        switch keyword {
        case .json(let json): json
        case .value(let value): reference(value, dialect, specs)
        case .values(let values): .array(values.map { reference($0, dialect, specs) })
        }
    }

    private func reference(_ value: Value, _ dialect: KerasDialect, _ specs: [[TensorSpec]]) -> JSONValue {
        guard dialect == .keras3 else { return .array(history(value, dialect)) }
        let layer = calls[value.call].layer
        let known = specs[value.call].dropFirst(value.output).first
        let shape = known?.shape ?? layer.latestShapes?.outputs.dropFirst(value.output).first
        return [
            "class_name": "__keras_tensor__",
            "config": [
                "shape": shape?.json ?? [], "dtype": .string((known?.dtype ?? layer.dtype ?? .float32).name),
                "keras_history": .array(history(value, dialect)),
            ],
        ]
    }
}

extension Tensor {
    /// Nested arrays of numbers.
    fileprivate var json: JSONValue {
        get throws {
            let numbers = try cast(self, to: .float64).scalars(Double.self)
            func nest(_ axis: Int, _ start: Int) -> JSONValue {
                guard axis < rank else { return .double(numbers[start]) }
                let stride = shape.dropFirst(axis + 1).elementCount
                return .array((0..<shape[axis]).map { nest(axis + 1, start + $0 * stride) })
            }
            return nest(0, 0)
        }
    }
}
