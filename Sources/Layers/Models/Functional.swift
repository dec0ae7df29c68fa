import Formats
import Operators
import TensorCore

/// Layers that are applied to named inputs and to each other's outputs, in any order, and any number of times.
///
/// ```swift
/// let model = try Functional { model in
///     let left = model.input([4], name: "left")
///     let right = model.input([3], name: "right")
///     let both = try model.call(Concatenate(), on: [model.call(Dense(5), on: left), right])
///     return [try model.call(Dense(2), on: both)]
/// }
/// ```
/// All layers are tracked in the order of their first use, inputs included. `training` goes to those that take it, and masks
/// from layer to layer.
///
/// Source: tf.keras.Model made of inputs and outputs.
public final class Functional: Network {
    /// An output of one call of a layer.
    public struct Value: Hashable, Sendable {
        let call: Int
        let output: Int
    }

    /// What a layer is called with beside its first argument.
    enum Keyword {
        case value(Value)
        case values([Value])
        case json(JSONValue)
    }

    /// One call of a layer.
    struct Call {
        let layer: Layer
        let inputs: [Argument]
        /// Whether the inputs stand in a list, also when there is only one.
        let isList: Bool
        let keywords: [(name: String, value: Keyword)]
    }

    enum Argument {
        case value(Value)
        case constant(Tensor)
    }

    private(set) var calls: [Call] = []
    private(set) var inputs: [Value] = []
    private(set) var outputs: [Value] = []
    private(set) var givenOutputNames: [String]?

    /// Makes a model by what `body` does with inputs and layers.
    ///
    /// - Parameter body: returns what the model gives.
    public init(name: String? = nil, _ body: (Functional) throws -> [Value]) throws {
        try super.init(name: name)
        followsKeras = true
        outputs = try body(self)
        guard !outputs.isEmpty else { throw LayerError(.value, "a Functional model needs outputs") }
    }

    init(_ name: String?) throws {
        try super.init(name: name)
        followsKeras = true
    }

    // MARK: Making

    /// An input for examples of this shape.
    public func input(_ shape: Shape, dtype: DType = .float32, name: String? = nil) throws -> Value {
        try input(InputLayer(shape, dtype: dtype, name: name))
    }

    func input(_ layer: InputLayer) throws -> Value {
        let value = try append(Call(layer: layer, inputs: [], isList: false, keywords: []))
        inputs.append(value)
        return value
    }

    /// The output of a layer.
    ///
    /// - Parameter training: what the layer is told whatever the model is told; nil for just that.
    public func call(_ layer: Layer, on input: Value, training: Bool? = nil) throws -> Value {
        try append(
            Call(
                layer: layer, inputs: [.value(input)], isList: false,
                keywords: training.map { [("training", .json(.bool($0)))] } ?? []))
    }

    /// The output of a layer with several inputs.
    public func call(_ layer: Layer, on inputs: [Value], training: Bool? = nil) throws -> Value {
        try append(
            Call(
                layer: layer, inputs: inputs.map { .value($0) }, isList: true,
                keywords: training.map { [("training", .json(.bool($0)))] } ?? []))
    }

    /// A further output of the call that gave this one.
    public func output(_ index: Int, besides value: Value) -> Value { Value(call: value.call, output: index) }

    func append(_ call: Call) throws -> Value {
        if !layers.contains(where: { $0 === call.layer }) { try trackLayer(call.layer) }
        calls.append(call)
        return Value(call: calls.count - 1, output: 0)
    }

    func finish(inputs: [Value], outputs: [Value], names: [String]?) {
        self.inputs = inputs
        self.outputs = outputs
        givenOutputNames = names
    }

    // MARK: What it is

    public override var inputPorts: [Port]? {
        let layers = inputs.compactMap { calls[$0.call].layer as? InputLayer }
        let names = layers.map(\.displayName).madeUnique()
        return zip(names, layers).map { Port(name: $0, spec: $1.spec) }
    }

    public override var outputNames: [String]? {
        (givenOutputNames ?? outputs.map { calls[$0.call].layer.displayName }).madeUnique()
    }

    /// Not where a call trains whatever the model does: batch normalization would look at the whole batch.
    public override var treatsExamplesAlone: Bool {
        calls.allSatisfy { call in
            call.layer.treatsExamplesAlone
                && !call.keywords.contains { keyword in
                    if case ("training", .json(.bool(true))) = keyword { true } else { false }
                }
        }
    }

    public override func computeOutputSpecs(_ inputs: [TensorSpec]) throws -> [TensorSpec] {
        let found = try callSpecs(inputs)
        return try outputs.map { try spec(of: $0, in: found) }
    }

    /// What each call gives for inputs of these specs.
    func callSpecs(_ inputs: [TensorSpec]) throws -> [[TensorSpec]] {
        guard inputs.count == self.inputs.count else {
            throw LayerError(
                .value, "Layer \(displayName) expects \(self.inputs.count) input(s), but it received \(inputs.count)")
        }
        var found: [[TensorSpec]] = Array(repeating: [], count: calls.count)
        for (value, spec) in zip(self.inputs, inputs) { found[value.call] = [spec] }
        for (index, call) in calls.enumerated() where found[index].isEmpty {
            var specs = try call.inputs.map { argument in
                switch argument {
                case .value(let value): try spec(of: value, in: found)
                case .constant(let constant): constant.spec
                }
            }
            let inputNames = call.layer.inputKeywords
            for (name, keyword) in call.keywords.inOrder(of: inputNames) where inputNames.contains(name) {
                if case .value(let value) = keyword { specs.append(try spec(of: value, in: found)) }
            }
            found[index] = try call.layer.computeOutputSpecs(specs)
        }
        return found
    }

    private func spec(of value: Value, in found: [[TensorSpec]]) throws -> TensorSpec {
        guard value.output < found[value.call].count else {
            throw LayerError(
                .notImplemented,
                "output \(value.output) of layer \(calls[value.call].layer.displayName) is known when it runs")
        }
        return found[value.call][value.output]
    }

    public override func emptyCopy() throws -> Layer {
        let copy = try Functional(givenName)
        for layer in layers { try copy.trackLayer(copied(layer)) }
        copy.calls = try calls.map { call in
            Call(layer: try copied(call.layer), inputs: call.inputs, isList: call.isList, keywords: call.keywords)
        }
        copy.finish(inputs: inputs, outputs: outputs, names: givenOutputNames)
        return copy
    }

    // MARK: Calling

    public override func call(_ given: Tensors, _ options: CallOptions) throws -> Tensors {
        guard given.count == inputs.count else {
            throw LayerError(
                .value, "Layer \(displayName) expects \(inputs.count) input(s), but it received \(given.count)")
        }
        var results: [Tensors?] = Array(repeating: nil, count: calls.count)
        for (index, value) in inputs.enumerated() {
            // Through the input layer, which knows what fits.
            let layer = calls[value.call].layer
            results[value.call] = try layer(Tensors(given[index]))
        }
        func tensor(_ value: Value) throws -> Tensor {
            guard let outputs = results[value.call], value.output < outputs.count else {
                throw LayerError(
                    .value,
                    "layer \(calls[value.call].layer.displayName) of \(displayName) has no output \(value.output)")
            }
            return outputs[value.output]
        }
        for (index, call) in calls.enumerated() where results[index] == nil {
            var arguments = try call.inputs.map { argument in
                switch argument {
                case .value(let value): try tensor(value)
                case .constant(let constant): constant
                }
            }
            var passed = CallOptions(training: call.layer.accepts.contains(.training) ? options.training : nil)
            for keyword in call.keywords.inOrder(of: call.layer.inputKeywords) {
                try call.layer.take(keyword.name, keyword.value, &arguments, &passed, tensor)
            }
            results[index] = try call.layer(Tensors(arguments), passed)
        }
        return Tensors(try outputs.map(tensor))
    }
}

extension Layer {
    /// Adds an argument that a call of the layer names to its inputs or options.
    fileprivate func take(
        _ name: String, _ keyword: Functional.Keyword, _ inputs: inout [Tensor], _ options: inout CallOptions,
        _ tensor: (Functional.Value) throws -> Tensor
    ) throws {
        if case .json(.null) = keyword { return }
        switch (name, keyword) {
        case ("training", .json(.bool(let training))):
            options.training = accepts.contains(.training) ? training : nil
        case ("mask", .value(let value)) where accepts.contains(.mask): options.mask = try tensor(value)
        case ("attention_mask", .value(let value)): options.attentionMask = try tensor(value)
        case ("use_causal_mask", .json(.bool(let isCausal))): options.usesCausalMask = isCausal
        case ("return_attention_scores", .json(.bool(let returns))): options.returnsAttentionScores = returns
        case ("initial_state", .value(let value)): options.initialState = [try tensor(value)]
        case ("initial_state", .values(let values)): options.initialState = try values.map(tensor)
        case (_, .value(let value)) where inputKeywords.contains(name): inputs.append(try tensor(value))
        default:
            throw LayerError(.type, "call() of layer \(displayName) got an unexpected keyword argument '\(name)'")
        }
    }
}

extension [(name: String, value: Functional.Keyword)] {
    /// Those that are inputs come in the order of the inputs.
    fileprivate func inOrder(of names: [String]) -> Self {
        names.flatMap { name in filter { $0.name == name } } + filter { !names.contains($0.name) }
    }
}
