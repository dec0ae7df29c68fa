import Formats
import Operators
import TensorCore

/// Layers and functions one after the other (N-140).
///
/// ```swift
/// let net = try Sequential([Dense(16), Function { try relu($0) }, Dense(1)])
/// ```
/// Layers are tracked, functions are not. `training` goes only to those that take it (N-142).
///
/// Source: tfe.Sequential (TensorFlow 1.8).
public final class Sequential: Network {
    private var elements: [any SequentialElement] = []
    /// What the first layer takes, where that was said by a layer of its own.
    private var inputLayer: InputLayer?

    public init(_ elements: [any SequentialElement] = [], name: String? = nil) throws {
        try super.init(name: name)
        for element in elements { try add(element) }
    }

    /// Appends a layer or a function. An input layer at the beginning says what comes in, and is no layer of the model.
    public func add(_ element: any SequentialElement) throws {
        if let input = element as? InputLayer, elements.isEmpty, inputLayer == nil {
            inputLayer = input
            declaredInputShape = input.declaredInputShape
            return
        }
        if let layer = element as? Layer { try trackLayer(layer) }
        elements.append(element)
    }

    /// Appends a function without variables.
    public func add(_ function: @escaping (Tensor) throws -> Tensor) { elements.append(Function(function)) }

    /// Appends a function without variables that is told whether the network trains; nil if nobody said.
    public func add(_ function: @escaping (Tensor, Bool?) throws -> Tensor) { elements.append(Function(function)) }

    /// As ``add(_:)`` for callers that do not know what they hold.
    ///
    /// - Throws: TypeError for what is neither a layer nor a function (N-141).
    public static func add(_ object: Any, to network: Sequential) throws {
        switch object {
        case let element as any SequentialElement: try network.add(element)
        case let function as (Tensor) throws -> Tensor: network.add(function)
        case let function as (Tensor, Bool?) throws -> Tensor: network.add(function)
        default:
            throw LayerError(
                .type,
                "Sequential.add() takes only tf.layers.Layer objects or callables; not '\(object)' of type '\(type(of: object))'."
            )
        }
    }

    public override func emptyCopy() throws -> Layer {
        let copy = try Sequential(name: givenName)
        copy.inputLayer = inputLayer
        for element in elements { try copy.add((element as? Layer).map { try copied($0) } ?? element) }
        return copy
    }

    public override var treatsExamplesAlone: Bool {
        inputLayer?.treatsExamplesAlone ?? true
            && elements.allSatisfy { ($0 as? Layer)?.treatsExamplesAlone ?? false }
    }

    public override var inputPorts: [Port]? {
        if let inputLayer { return [Port(name: "inputs", spec: inputLayer.spec)] }
        return (layers.first as? Network)?.inputPorts ?? super.inputPorts
    }

    public override var outputNames: [String]? { (layers.last as? Network)?.outputNames }

    public override func computeOutputSpecs(_ inputs: [TensorSpec]) throws -> [TensorSpec] {
        try elements.reduce(inputs) { specs, element in
            guard let layer = element as? Layer else {
                throw LayerError(
                    .notImplemented, "\(displayName) holds a function, whose outputs are known when it runs")
            }
            return try layer.computeOutputSpecs(specs)
        }
    }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        try elements.reduce(inputs) { try $1.callInSequence($0, training: options.training) }
    }
}

/// What a ``Sequential`` may hold: a layer or a ``Function``.
public protocol SequentialElement {
    /// Computes its outputs, which are the next one's inputs.
    ///
    /// - Parameter training: to be passed on only where it is taken.
    func callInSequence(_ inputs: Tensors, training: Bool?) throws -> Tensors
}

/// A function without variables among the layers of a ``Sequential``.
public struct Function: SequentialElement {
    private let function: (Tensor, Bool?) throws -> Tensor

    public init(_ function: @escaping (Tensor) throws -> Tensor) { self.function = { x, _ in try function(x) } }

    /// - Parameter function: gets the input and whether the network trains, nil if nobody said.
    public init(_ function: @escaping (Tensor, Bool?) throws -> Tensor) { self.function = function }

    public func callInSequence(_ inputs: Tensors, training: Bool?) throws -> Tensors {
        guard inputs.count == 1 else {
            throw LayerError(.value, "a function of a Sequential takes 1 input, but it received \(inputs.count)")
        }
        return Tensors(try function(inputs[0], training))
    }
}

extension Layer: SequentialElement {
    public final func callInSequence(_ inputs: Tensors, training: Bool?) throws -> Tensors {
        try self(inputs, CallOptions(training: accepts.contains(.training) ? training : nil))
    }
}

extension Sequential: KerasModel {
    /// The model that Keras's JSON describes: `{"layers": [{"class_name", "config"}, …]}`.
    ///
    /// - Parameters:
    ///   - config: the model's own `config`.
    ///   - path: where it stands in the JSON, for messages.
    ///   - name: the network's name; the config's is not used.
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    public convenience init(config: JSONValue, path: String, name: String?) throws {
        try self.init(name: name)
        followsKeras = true
        // Keras once wrote the layers alone.
        guard let entries = config.array ?? config["layers"]?.array else {
            throw LayerError(.type, "\(path).layers must be an array of layers, but it is \(config["layers"] ?? .null)")
        }
        for (index, entry) in entries.enumerated() {
            let place = "\(path).layers[\(index)]"
            if index > 0, entry["class_name"]?.string == "InputLayer" {
                throw LayerError(.value, "\(place): an InputLayer can only come first")
            }
            try add(try LayerCatalog.layer(entry, path: place))
        }
        guard !layers.isEmpty else { throw LayerError(.value, "\(path).layers holds no layer") }
        if declaredInputShape == nil, config["build_input_shape"]?.array != nil {
            let built =
                ["class_name": "Sequential", "config": ["batch_shape": config["build_input_shape"] ?? nil]] as JSONValue
            declaredInputShape = try LayerConfiguration(built, path: path).inputShape()
        }
    }

    func modelSettings(_ dialect: KerasDialect) throws -> JSONObject {
        var entries = try elements.map { element in
            guard let layer = element as? Layer else {
                throw LayerError(.notImplemented, "\(displayName) holds a function, which has no name in Keras's JSON")
            }
            return try layer.configuration(dialect)
        }
        if let port = inputPorts?.first, !(layers.first is any KerasModel) {
            let input = InputLayer(
                batchShape: port.spec.shape, dtype: port.spec.dtype, name: inputLayer?.displayName ?? "input")
            entries.insert(try input.configuration(dialect), at: 0)
        }
        return JSONObject([
            ("name", .string(displayName)), ("trainable", true), ("dtype", "float32"), ("layers", .array(entries)),
        ])
    }
}
