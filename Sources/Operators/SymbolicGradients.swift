import TensorCore

/// The gradients of symbolic `targets`, summed, with respect to symbolic `sources`, as new operations of their graph; nil
/// where a source has no part in them.
///
/// - Source: tf.gradients (TensorFlow 1.8).
public func gradients(
    of targets: [Tensor], withRespectTo sources: [Tensor], outputGradients: [Tensor?]? = nil
) throws(TensorError) -> [Tensor?] {
    let order = operations(behind: targets)
    let reached = downstream(of: sources, in: order)
    var flow = SymbolicFlow()
    for (index, target) in targets.enumerated() {
        guard let output = target.symbolicOutput else { throw .graphMismatch(operator: "gradients") }
        if let seed = outputGradients?[index] {
            try flow.add(seed, to: output)
        } else {
            try flow.add(try onesLike(target), to: output)
        }
    }
    for operation in order.reversed() where reached.contains(ObjectIdentifier(operation)) {
        try flow.pass(through: operation, reached: reached)
    }
    return sources.map { source in source.symbolicOutput.flatMap { flow[$0] } }
}

/// As ``gradients(of:withRespectTo:outputGradients:)`` for variables, through the operation that reads them in the graph.
public func gradients(of target: Tensor, withRespectTo variables: [Variable]) throws(TensorError) -> [Tensor?] {
    guard let graph = target.symbolicOutput?.operation.graph else { throw .graphMismatch(operator: "gradients") }
    let reads = variables.map { graph.readsOf($0) }
    let found = try gradients(of: [target], withRespectTo: reads.compactMap { $0 })
    var next = found.makeIterator()
    return reads.map { $0 == nil ? nil : next.next() ?? nil }
}

/// Every operation that the fetches need, inputs before their users.
func operations(behind fetches: [Tensor]) -> [GraphOperation] {
    var seen: Set<ObjectIdentifier> = []
    var found: [GraphOperation] = []
    var waiting = fetches.compactMap { $0.symbolicOutput?.operation }
    while let operation = waiting.popLast() {
        guard seen.insert(ObjectIdentifier(operation)).inserted else { continue }
        found.append(operation)
        waiting.append(contentsOf: operation.inputs.compactMap { $0.symbolicOutput?.operation })
    }
    return found.sorted { $0.index < $1.index }
}

/// The operations that compute something from `sources`, and those of the sources themselves.
func downstream(of sources: [Tensor], in order: [GraphOperation]) -> Set<ObjectIdentifier> {
    var reached = Set(sources.compactMap { $0.symbolicOutput.map { ObjectIdentifier($0.operation) } })
    for operation in order {
        let isReached = operation.inputs.contains { input in
            input.symbolicOutput.map { reached.contains(ObjectIdentifier($0.operation)) } ?? false
        }
        if isReached { reached.insert(ObjectIdentifier(operation)) }
    }
    return reached
}

/// The symbolic gradients on their way back.
private struct SymbolicFlow {
    private struct Key: Hashable {
        let operation: ObjectIdentifier
        let output: Int
    }

    private var gradients: [Key: Tensor] = [:]

    subscript(output: SymbolicOutput) -> Tensor? {
        gradients[Key(operation: ObjectIdentifier(output.operation), output: output.output)]
    }

    mutating func add(_ gradient: Tensor, to output: SymbolicOutput) throws(TensorError) {
        let key = Key(operation: ObjectIdentifier(output.operation), output: output.output)
        if let known = gradients[key] {
            gradients[key] = try known + gradient
        } else {
            gradients[key] = gradient
        }
    }

    mutating func pass(through operation: GraphOperation, reached: Set<ObjectIdentifier>) throws(TensorError) {
        let specs = try operation.op.outputSpecs(operation.inputs.map(\.spec))
        let arrived = specs.indices.map { gradients[Key(operation: ObjectIdentifier(operation), output: $0)] }
        guard arrived.contains(where: { $0 != nil }), !operation.inputs.isEmpty else { return }
        var needed = Needed()
        for (index, input) in operation.inputs.enumerated() {
            if let source = input.symbolicOutput, reached.contains(ObjectIdentifier(source.operation)) {
                needed[index] = true
            }
        }
        guard !needed.isEmpty else { return }
        let outputs = specs.enumerated().map { Tensor(node: SymbolicOutput(operation, $0), spec: $1) }
        let pass = BackwardPass(inputs: operation.inputs, outputs: outputs, outputGradients: arrived, needed: needed)
        for (index, gradient) in try operation.op.gradients(pass).enumerated() {
            guard let gradient, needed[index], let output = operation.inputs[index].symbolicOutput else { continue }
            try add(gradient, to: output)
        }
    }
}
