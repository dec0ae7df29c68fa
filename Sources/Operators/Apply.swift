import TensorCore

/// Applies an operator, in whichever way the moment asks for: at once, recorded by open tapes, or as a new
/// operation of a graph when an input is symbolic or the context builds one.
@inlinable
public func apply<O: UnaryOperator>(_ op: O, to x: Tensor) throws(TensorError) -> Tensor {
    guard Context.mayBeBound || x.isSymbolic else { return try op.evaluate(x) }
    return try applyInContext(op, to: x)
}

/// As ``apply(_:to:)`` for two inputs.
@inlinable
public func apply<O: BinaryOperator>(_ op: O, to x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor {
    guard Context.mayBeBound || x.isSymbolic || y.isSymbolic else { return try op.evaluate(x, y) }
    return try applyInContext(op, to: x, y)
}

/// As ``apply(_:to:)`` for any number of inputs and outputs; hidden outputs are not returned.
public func apply(_ op: some Operator, to inputs: [Tensor]) throws(TensorError) -> [Tensor] {
    let context = Context.mayBeBound ? Context.observing : nil
    let visible: [Tensor]
    if context?.buildsGraph == true || inputs.contains(where: \.isSymbolic) {
        visible = try trace(op, inputs, context)
    } else {
        visible = try op.evaluate(inputs)
        if let context { try context.observe(op, inputs, visible) }
    }
    return op.hiddenOutputs == 0 ? visible : Array(visible.dropLast(op.hiddenOutputs))
}

@usableFromInline
func applyInContext<O: UnaryOperator>(_ op: O, to x: Tensor) throws(TensorError) -> Tensor {
    let context = Context.observing
    if x.isSymbolic || context?.buildsGraph == true { return try trace(op, [x], context)[0] }
    let y = try op.evaluate(x)
    if let context { try context.observe(op, x, y) }
    return y
}

@usableFromInline
func applyInContext<O: BinaryOperator>(_ op: O, to x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor {
    let context = Context.observing
    if x.isSymbolic || y.isSymbolic || context?.buildsGraph == true { return try trace(op, [x, y], context)[0] }
    let z = try op.evaluate(x, y)
    if let context { try context.observe(op, x, y, z) }
    return z
}

/// Adds the operator to the graph of its symbolic inputs, or to the context's.
func trace(_ op: some Operator, _ inputs: [Tensor], _ context: Context?) throws(TensorError) -> [Tensor] {
    let symbolic = inputs.first { $0.isSymbolic }?.symbolicOutput?.operation.graph
    guard let graph = symbolic ?? context?.graph else { throw .graphMismatch(operator: op.name) }
    let outputs = try graph.add(op, inputs, controlInputs: context?.controlInputs ?? [])
    if let context { try context.observe(op, inputs, outputs) }
    return outputs
}
