import TensorCore

/// Runs parts of a graph, as TensorFlow 1.x does: what the fetches need and nothing else.
///
/// Operations run in the order of the program that added them; an assignment, a print or a draw runs when it is fetched,
/// or when something that is fetched needs it or names it as a control dependency. A run that fails assigns nothing.
public struct Session: Sendable {
    public let graph: Graph
    /// Where runs take their random numbers from unless they are told.
    public let random: RandomGenerator

    /// - Parameter random: by default a generator that begins with a number drawn from the current one, so that after
    ///   ``setRandomSeed(_:)`` the same program gets the same numbers.
    public init(_ graph: Graph, random: RandomGenerator? = nil) {
        self.graph = graph
        self.random = random ?? RandomGenerator.current.split()
    }

    /// The values of `fetches`, all computed from one snapshot of the variables.
    ///
    /// - Parameters:
    ///   - feeds: values that take the place of placeholders, or of any other symbolic tensors.
    ///   - state: the seed and number of the run, to repeat it.
    /// - Throws: `TensorError.invalidArgument` for a placeholder that is needed and not fed,
    ///   `.shapeMismatch` or `.dtypeMismatch` for a feed that does not fit, `.graphMismatch` for a tensor of another
    ///   graph.
    public func run(
        _ fetches: [Tensor], feeding feeds: [(Tensor, Tensor)] = [], random state: RandomState? = nil
    ) throws(TensorError) -> [Tensor] {
        var values = IdentityMap<Tensor>()
        for (target, value) in feeds {
            try checkFeed(value, for: target)
            values.set(target.id, value)
        }
        for fetch in fetches {
            guard fetch.symbolicOutput.map({ $0.operation.graph === graph }) ?? true else {
                throw .graphMismatch(operator: "session")
            }
        }
        let fed = values
        var run = GraphRun(random: state ?? random.nextState())
        var uses = IdentityMap<Int>()
        let order = operations(behind: fetches) { fed.contains($0.id) }
        for tensor in order.lazy.flatMap(\.inputs) + fetches { uses.set(tensor.id, (uses[tensor.id] ?? 0) + 1) }
        for operation in order {
            let outputs = try compute(operation, values, &run)
            // A fed output stays what it was fed.
            for (handle, output) in zip(operation.outputs, outputs) where uses[handle.id] != nil {
                if !fed.contains(handle.id) { values.set(handle.id, output) }
            }
            for input in operation.inputs {
                let rest = (uses[input.id] ?? 0) - 1
                uses.set(input.id, rest)
                if rest == 0 { _ = values.take(input.id) }
            }
        }
        var results: [Tensor] = []
        for fetch in fetches {
            guard let value = fetch.isSymbolic ? values[fetch.id] : fetch else {
                throw .graphMismatch(operator: "session")
            }
            results.append(value)
        }
        run.publish()
        return results
    }

    /// The value of one tensor.
    public func run(
        _ fetch: Tensor, feeding feeds: [(Tensor, Tensor)] = [], random state: RandomState? = nil
    ) throws(TensorError) -> Tensor {
        try run([fetch], feeding: feeds, random: state)[0]
    }

    private func compute(
        _ operation: GraphOperation, _ values: IdentityMap<Tensor>, _ run: inout GraphRun
    ) throws(TensorError) -> [Tensor] {
        let inputs = operation.inputs.compactMap { values[$0.id] }
        guard inputs.count == operation.inputs.count else { throw .graphMismatch(operator: operation.op.name) }
        if let stateful = operation.op as? any StatefulOperator { return try stateful.evaluate(inputs, in: &run) }
        return try operation.op.evaluate(inputs)
    }

    private func checkFeed(_ value: Tensor, for target: Tensor) throws(TensorError) {
        guard let output = target.symbolicOutput, output.operation.graph === graph, !value.isSymbolic else {
            throw .graphMismatch(operator: "feed")
        }
        guard value.dtype == target.dtype else {
            throw .dtypeMismatch(operator: "feed", left: target.dtype, right: value.dtype)
        }
        guard target.shape.accepts(value.shape) else {
            throw .shapeMismatch(
                operator: "feed", left: target.shape, right: value.shape, rule: "a feed must fit its placeholder")
        }
    }
}
