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
