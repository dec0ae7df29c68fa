import Operators
import TensorCore

/// Whether a graph is being built that stays, rather than one that a plan is traced from.
var buildsGraph: Bool { Context.current?.graph.map { !$0.isTrace } ?? false }

/// One recorded call of a layer in a graph.
struct LayerNode {
    let inputs: Tensors
    let outputs: Tensors
}

extension Layer {
    /// The graph that the layer was built in, nil before the first call (N-117).
    ///
    /// - Throws: RuntimeError when executing eagerly.
    public final var graph: Graph? {
        get throws {
            guard !executesEagerly else {
                throw LayerError(.runtime, "Layer.graph not supported when executing eagerly.")
            }
            return builtGraph
        }
    }

    /// The input of the first recorded call (N-110 to N-114).
    public final var input: Tensors {
        get throws {
            try refuseEager("Layer.input")
            guard let node = nodes.first else {
                throw LayerError(.attribute, "Layer \(displayName) is not connected, no input to return.")
            }
            return node.inputs
        }
    }

    /// The output of the first recorded call.
    public final var output: Tensors {
        get throws {
            try refuseEager("Layer.output")
            guard let node = nodes.first else {
                throw LayerError(.attribute, "Layer \(displayName) has no inbound nodes.")
            }
            return node.outputs
        }
    }

    /// The input shapes of all recorded calls, if they agree.
    public final var inputShape: [Shape] {
        get throws {
            try refuseEager("Layer.input_shape")
            return try commonShape("input", nodes.map(\.inputs.shapes))
        }
    }

    /// The output shapes of all recorded calls, if they agree.
    public final var outputShape: [Shape] {
        get throws {
            try refuseEager("Layer.output_shape")
            return try commonShape("output", nodes.map(\.outputs.shapes))
        }
    }

    /// The input of recorded call `index` (N-113).
    public final func getInputAt(_ index: Int) throws -> Tensors { try node(index, "input").inputs }

    /// The output of recorded call `index`.
    public final func getOutputAt(_ index: Int) throws -> Tensors { try node(index, "output").outputs }

    /// The input shapes of recorded call `index`.
    public final func getInputShapeAt(_ index: Int) throws -> [Shape] {
        try node(index, "input shape").inputs.shapes
    }

    /// The output shapes of recorded call `index`.
    public final func getOutputShapeAt(_ index: Int) throws -> [Shape] {
        try node(index, "output shape").outputs.shapes
    }

    private func refuseEager(_ member: String) throws {
        guard !executesEagerly else { throw LayerError(.runtime, "\(member) not supported in Eager mode.") }
    }

    private func node(_ index: Int, _ what: String) throws -> LayerNode {
        guard !nodes.isEmpty else {
            throw LayerError(
                .runtime, "The layer \(displayName) has never been called and thus has no defined \(what).")
        }
        guard nodes.indices.contains(index) else {
            throw LayerError(
                .value, "Asked to get \(what) at node \(index), but the layer has only \(nodes.count) inbound nodes.")
        }
        return nodes[index]
    }

    private func commonShape(_ what: String, _ shapes: [[Shape]]) throws -> [Shape] {
        guard let first = shapes.first else {
            throw LayerError(
                .attribute, "The layer \"\(displayName)\" has never been called and thus has no defined \(what) shape.")
        }
        guard Set(shapes).count == 1 else {
            throw LayerError(
                .attribute,
                "The layer \"\(displayName)\" has multiple inbound nodes, with different \(what) shapes. Ask for the \(what) shape at one node instead."
            )
        }
        return first
    }

    // MARK: Recording

    /// Remembers the graph a layer is built in, and refuses another one later (N-117). Graphs that a plan is traced from are
    /// passing and leave no mark.
    final func noteGraph(_ graph: Graph?) throws {
        guard let graph, !graph.isTrace else { return }
        if let builtGraph {
            guard builtGraph === graph else {
                throw LayerError(.value, "Input graph and Layer graph are not the same: layer \(displayName)")
            }
        } else if !isBuilt {
            builtGraph = graph
        }
    }

    /// What follows a call in a graph: its updates are collected (N-98), and a node is recorded if all inputs come from
    /// layers (N-111).
    ///
    /// - Returns: the outputs; an input that was handed through gets an identity of its own, so that it is known as an output.
    final func noteSymbolicCall(_ inputs: Tensors, _ outputs: Tensors) throws -> Tensors {
        let registry = VariableScope.current.registry
        registry.collections.add(try updates, to: .updateOperations)
        guard registry.haveHistory(inputs.array) else { return outputs }
        let given = Set(inputs.array.map(\.id))
        let outputs = try outputs.map { given.contains($0.id) ? try identity($0) : $0 }
        registry.noteHistory(of: outputs.array)
        nodes.append(LayerNode(inputs: inputs, outputs: outputs))
        return outputs
    }
}

extension Tensors {
    /// The shapes as a reader wants them: unknown extents are named apart in a graph, but here they are all the same (N-115).
    fileprivate var shapes: [Shape] { array.map(\.shape.withoutNames) }
}

extension Shape {
    /// With all unknown extents unknown in the same way.
    var withoutNames: Shape { Shape(extents.map { max($0, Shape.unknown) }) }
}

/// A tensor of a graph to begin a chain of layers with, fed at each run.
///
/// - Parameter shape: with nil where the extent is unknown, the batch included.
/// - Throws: RuntimeError when executing eagerly.
public func input(_ shape: Shape, dtype: DType = .float32) throws -> Tensor {
    guard let graph = Context.current?.graph else {
        throw LayerError(.runtime, "Input layers are for graphs; eager execution has tensors.")
    }
    let tensor = try graph.placeholder(TensorSpec(shape, dtype), name: "input")
    VariableScope.current.registry.noteHistory(of: [tensor])
    return tensor
}
