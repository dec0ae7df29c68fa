import Operators
import TensorCore

/// The inputs or outputs of a layer: mostly one tensor, sometimes several.
public struct Tensors: Sendable {
    private enum Content: Sendable {
        case one(Tensor)
        case many([Tensor])
    }

    private let content: Content

    public init(_ tensor: Tensor) { content = .one(tensor) }

    public init(_ tensors: [Tensor]) { content = tensors.count == 1 ? .one(tensors[0]) : .many(tensors) }

    public var count: Int {
        switch content {
        case .one: 1
        case .many(let tensors): tensors.count
        }
    }

    public subscript(index: Int) -> Tensor {
        switch content {
        case .one(let tensor): tensor
        case .many(let tensors): tensors[index]
        }
    }

    /// All of them, in order.
    public var array: [Tensor] {
        switch content {
        case .one(let tensor): [tensor]
        case .many(let tensors): tensors
        }
    }

    /// The only one.
    ///
    /// - Throws: ValueError when there are several, or none.
    public func single(for layer: Layer) throws -> Tensor {
        switch content {
        case .one(let tensor): return tensor
        case .many(let tensors):
            throw LayerError(.value, "Layer \(layer.displayName) expects 1 input, but it received \(tensors.count)")
        }
    }

    /// The graph of symbolic tensors; nil for concrete ones.
    var graph: Graph? {
        switch content {
        case .one(let tensor): tensor.isSymbolic ? tensor.symbolicOutput?.operation.graph : nil
        case .many(let tensors): tensors.lazy.compactMap { $0.symbolicOutput?.operation.graph }.first
        }
    }

    public func map(_ transform: (Tensor) throws -> Tensor) rethrows -> Tensors {
        switch content {
        case .one(let tensor): Tensors(try transform(tensor))
        case .many(let tensors): Tensors(try tensors.map(transform))
        }
    }
}

extension Tensors: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Tensor...) { self.init(elements) }
}
