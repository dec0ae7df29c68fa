import Formats
import Operators
import TensorCore

/// Layers and functions one after the other (N-140).
///
/// Layers are tracked, functions are not. `training` goes only to layers that take it (N-142), and a layer's mask goes on to
/// the next.
///
/// Source: tfe.Sequential (TensorFlow 1.8).
public final class Sequential: Network {
    private enum Element {
        case layer(Layer)
        case function((Tensor) throws -> Tensor)
    }

    private var elements: [Element] = []

    public init(_ layers: [Layer] = [], name: String? = nil) throws {
        try super.init(name: name)
        for layer in layers { try add(layer) }
    }

    /// Appends a layer.
    public func add(_ layer: Layer) throws {
        try trackLayer(layer)
        elements.append(.layer(layer))
    }

    /// Appends a function without variables.
    public func add(_ function: @escaping (Tensor) throws -> Tensor) {
        elements.append(.function(function))
    }

    public override func emptyCopy() throws -> Layer {
        let copy = try Sequential(name: givenName)
        for element in elements {
            switch element {
            case .layer(let layer): try copy.add(layer.emptyCopy())
            case .function(let function): copy.add(function)
            }
        }
        return copy
    }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        var values = inputs
        var mask = options.mask
        for element in elements {
            switch element {
            case .layer(let layer):
                var passed = CallOptions()
                if layer.accepts.contains(.training) { passed.training = options.training }
                if layer.accepts.contains(.mask) { passed.mask = mask }
                let outputs = try layer(values, passed)
                mask = try layer.computeMask(values, mask)
                values = outputs
            case .function(let function):
                values = Tensors(try function(values.single(for: self)))
            }
        }
        return values
    }
}

extension Sequential {
    /// The model that Keras's JSON describes: `{"layers": [{"class_name", "config"}, …]}`.
    ///
    /// - Parameters:
    ///   - config: the model's own `config`.
    ///   - path: where it stands in the JSON, for messages.
    ///   - name: the network's name; the config's is not used.
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    public convenience init(config: JSONValue, path: String, name: String?) throws {
        try self.init(name: name)
        guard let entries = config["layers"]?.array else {
            throw LayerError(.type, "\(path).layers must be an array of layers, but it is \(config["layers"] ?? .null)")
        }
        for (index, entry) in entries.enumerated() {
            let place = "\(path).layers[\(index)]"
            if entry["class_name"]?.string == "InputLayer" {
                guard index == 0 else { throw LayerError(.value, "\(place): an InputLayer can only come first") }
                declaredInputShape = try LayerConfiguration(entry, path: place).inputShape()
            } else {
                try add(try LayerCatalog.layer(entry, path: place))
            }
        }
        guard !layers.isEmpty else { throw LayerError(.value, "\(path).layers holds no layer") }
    }
}
