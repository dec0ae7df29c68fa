import TensorCore

/// Gives a variable another value when it runs.
///
/// - Shapes: the value has the variable's shape → the new value.
struct AssignVariable: StatefulOperator {
    let variable: Variable
    /// Of the old value and the input; nil to take the input as it is.
    var combination: (any BinaryOperator)?

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let result = try combination?.outputSpec(variable.spec, inputs[0]) ?? inputs[0]
        try variable.requireFitting(result)
        return [variable.spec]
    }

    func evaluate(_ inputs: [Tensor], in run: inout GraphRun) throws(TensorError) -> [Tensor] {
        let value = try combination?.evaluate(try run.value(of: variable), inputs[0]) ?? inputs[0]
        try run.assign(value, to: variable)
        return [value]
    }
}

extension Variable {
    /// Gives the variable another value of its shape and dtype.
    ///
    /// Eagerly this happens at once. In a graph it is an operation that runs when what is returned is fetched, or is a
    /// control dependency of what is; in a graph that a plan is traced from, the assignment belongs to the plan.
    ///
    /// - Returns: the new value.
    /// - Throws: `TensorError.shapeMismatch`, `.dtypeMismatch`.
    @discardableResult
    public func assign(_ value: Tensor) throws(TensorError) -> Tensor { try assign(value, combination: nil) }

    /// Adds to the variable's value, as ``assign(_:)`` would.
    @discardableResult
    public func assignAdd(_ difference: Tensor) throws(TensorError) -> Tensor {
        try assign(difference, combination: Add())
    }

    /// Subtracts from the variable's value, as ``assign(_:)`` would.
    @discardableResult
    public func assignSubtract(_ difference: Tensor) throws(TensorError) -> Tensor {
        try assign(difference, combination: Subtract())
    }

    private func assign(_ input: Tensor, combination: (any BinaryOperator)?) throws(TensorError) -> Tensor {
        let context = Context.current
        let graph = context?.graph ?? input.symbolicOutput?.operation.graph
        if let graph, !graph.collectsWrites {
            let assignment = AssignVariable(variable: self, combination: combination)
            return try graph.add(assignment, [input], controlInputs: context?.controlInputs ?? [])[0]
        }
        var result = input
        if let combination {
            result = try withoutRecording { () throws(TensorError) in
                try combine(combination, try currentValue(), input)
            }
        }
        try requireFitting(result.spec)
        if let graph { return graph.write(self, result) }
        store.publish([(slot, result)])
        return result
    }

    private func combine<O: BinaryOperator>(_ op: O, _ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor {
        try apply(op, to: x, y)
    }

    /// Refuses what cannot be this variable's value.
    func requireFitting(_ value: TensorSpec) throws(TensorError) {
        guard value.dtype == dtype else {
            throw .dtypeMismatch(operator: "assign to \(name)", left: dtype, right: value.dtype)
        }
        guard value.shape.accepts(shape) else {
            throw .shapeMismatch(
                operator: "assign to \(name)", left: shape, right: value.shape, rule: "the shapes must be equal")
        }
    }
}
