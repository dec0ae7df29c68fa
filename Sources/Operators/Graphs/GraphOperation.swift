import TensorCore

/// One operator in its place in a graph.
public final class GraphOperation: @unchecked Sendable {
    // Sendable because everything is a let but the weak reference, which is set once and zeroed by the runtime, and the
    // inputs, which change only as the operation is freed.
    public private(set) weak var graph: Graph?
    public let op: any Operator
    public private(set) var inputs: [Tensor]
    /// What runs before it, though it takes nothing from there.
    public private(set) var controlInputs: [GraphOperation]
    public let outputSpecs: [TensorSpec]
    /// Rises with the order of creation, so inputs always have smaller ones.
    public let index: Int
    private let outputIdentities: [UInt64]

    init(
        graph: Graph, op: any Operator, inputs: [Tensor], controlInputs: [GraphOperation], outputSpecs: [TensorSpec],
        index: Int
    ) {
        self.graph = graph
        self.op = op
        self.inputs = inputs
        self.controlInputs = controlInputs
        self.outputSpecs = outputSpecs
        self.index = index
        outputIdentities = outputSpecs.map { _ in TensorIdentity.next() }
    }

    /// The symbolic tensors that it computes, hidden ones included; the same identities at every call.
    public var outputs: [Tensor] {
        outputSpecs.indices.map { output in
            Tensor(node: SymbolicOutput(self, output), spec: outputSpecs[output], id: outputIdentities[output])
        }
    }

    /// The operations that must run before it.
    var predecessors: [GraphOperation] {
        inputs.compactMap { $0.symbolicOutput?.operation } + controlInputs
    }

    deinit {
        // What only this operation held goes one by one: freeing a chain of a hundred thousand operations each inside the
        // other would use up the stack.
        var tensors = inputs
        var operations = controlInputs
        inputs = []
        controlInputs = []
        while true {
            if let tensor = tensors.popLast() {
                guard var output = tensor.symbolicOutput else { continue }
                // Two references: the tensor's and this one. Taking the tensor apart leaves one.
                let operation = output.operation
                withExtendedLifetime(consume tensor) {}
                if isKnownUniquelyReferenced(&output) { operations.append(operation) }
            } else if var operation = operations.popLast() {
                if isKnownUniquelyReferenced(&operation) {
                    tensors += operation.inputs
                    operations += operation.controlInputs
                    operation.inputs = []
                    operation.controlInputs = []
                }
            } else {
                return
            }
        }
    }
}

/// One output of an operation: what a symbolic tensor stands for.
public final class SymbolicOutput: TensorNode {
    public let operation: GraphOperation
    public let output: Int

    init(_ operation: GraphOperation, _ output: Int) {
        self.operation = operation
        self.output = output
    }
}

extension Tensor {
    /// The operation behind a symbolic tensor, nil for a concrete one.
    public var symbolicOutput: SymbolicOutput? { node as? SymbolicOutput }
}
