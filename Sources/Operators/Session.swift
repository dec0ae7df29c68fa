import TensorCore

/// Runs parts of a graph, as TensorFlow 1.x does: what the fetches need and nothing else.
public struct Session: Sendable {
    public let graph: Graph

    public init(_ graph: Graph) { self.graph = graph }

    /// The values of `fetches`, all computed from one snapshot of the variables.
    ///
    /// - Parameter feeding: values that take the place of placeholders, or of any other symbolic tensors.
    /// - Throws: `TensorError.invalidArgument` for a placeholder that is needed and not fed,
    ///   `.shapeMismatch` or `.dtypeMismatch` for a feed that does not fit.
    public func run(_ fetches: [Tensor], feeding feeds: [(Tensor, Tensor)] = []) throws(TensorError) -> [Tensor] {
        var run = SessionRun(graph.store)
        for (target, value) in feeds { try run.feed(target, value) }
        var values: [Tensor] = []
        for fetch in fetches { values.append(try run.value(of: fetch)) }
        return values
    }

    /// The value of one tensor.
    public func run(_ fetch: Tensor, feeding feeds: [(Tensor, Tensor)] = []) throws(TensorError) -> Tensor {
        try run([fetch], feeding: feeds)[0]
    }
}

/// One run: what has been computed so far.
private struct SessionRun: ~Copyable {
    private let lease: SnapshotLease
    private var values: [ObjectIdentifier: [Tensor?]] = [:]

    init(_ store: VariableStore) { lease = store.lease() }

    mutating func feed(_ target: Tensor, _ value: Tensor) throws(TensorError) {
        guard let output = target.symbolicOutput else { throw .graphMismatch(operator: "feed") }
        guard value.dtype == target.dtype else {
            throw .dtypeMismatch(operator: "feed", left: target.dtype, right: value.dtype)
        }
        guard target.shape.accepts(value.shape) else {
            throw .shapeMismatch(
                operator: "feed", left: target.shape, right: value.shape, rule: "a feed must fit its placeholder")
        }
        var outputs = values[ObjectIdentifier(output.operation)] ?? []
        while outputs.count <= output.output { outputs.append(nil) }
        outputs[output.output] = value
        values[ObjectIdentifier(output.operation)] = outputs
    }

    mutating func value(of fetch: Tensor) throws(TensorError) -> Tensor {
        guard let output = fetch.symbolicOutput else { return fetch }
        if let known = known(output) { return known }
        var waiting = [output.operation]
        while let operation = waiting.last {
            let missing = operation.inputs.compactMap { input -> GraphOperation? in
                guard let source = input.symbolicOutput, known(source) == nil else { return nil }
                return source.operation
            }
            if missing.isEmpty {
                try compute(operation)
                waiting.removeLast()
            } else {
                waiting.append(contentsOf: missing)
            }
        }
        guard let value = known(output) else { throw .graphMismatch(operator: "session") }
        return value
    }

    private func known(_ output: SymbolicOutput) -> Tensor? {
        guard let outputs = values[ObjectIdentifier(output.operation)], output.output < outputs.count else {
            return nil
        }
        return outputs[output.output]
    }

    private mutating func compute(_ operation: GraphOperation) throws(TensorError) {
        var outputs: [Tensor?]
        if let read = operation.op as? ReadVariable {
            guard let value = lease.copy(of: read.variable) else { throw .uninitialized(variable: read.variable.name) }
            outputs = [value]
        } else {
            let inputs = operation.inputs.compactMap { input in input.symbolicOutput.flatMap { known($0) } }
            outputs = try operation.op.evaluate(inputs)
        }
        // A fed output stays what it was fed.
        for (index, fed) in (values[ObjectIdentifier(operation)] ?? []).enumerated() where fed != nil {
            outputs[index] = fed
        }
        values[ObjectIdentifier(operation)] = outputs
    }
}
