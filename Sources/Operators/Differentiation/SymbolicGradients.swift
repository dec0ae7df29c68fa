import TensorCore

/// The gradients of symbolic `targets`, summed, with respect to symbolic `sources`, as new operations of their graph; nil
/// where a source has no part in them.
///
/// - Source: tf.gradients (TensorFlow 1.8).
public func gradients(
    of targets: [Tensor], withRespectTo sources: [Tensor], outputGradients: [Tensor?]? = nil
) throws(TensorError) -> [Tensor?] {
    try densified(sparseGradients(of: targets, withRespectTo: sources, outputGradients: outputGradients))
}

/// As ``gradients(of:withRespectTo:outputGradients:)`` for variables, through the operations that read them in the graph.
public func gradients(
    of target: Tensor, withRespectTo variables: [Variable], outputGradient: Tensor? = nil
) throws(TensorError) -> [Tensor?] {
    try densified(sparseGradients(of: target, withRespectTo: variables, outputGradient: outputGradient))
}

/// As ``gradients(of:withRespectTo:outputGradients:)``, but the gradient of a table of which only rows were read stays the
/// slices that it is.
public func sparseGradients(
    of targets: [Tensor], withRespectTo sources: [Tensor], outputGradients: [Tensor?]? = nil
) throws(TensorError) -> [Gradient?] {
    guard targets.allSatisfy(\.isSymbolic) else { throw .graphMismatch(operator: "gradients") }
    let order = operations(behind: targets)
    let reached = downstream(of: sources, in: order)
    var flow = GradientFlow()
    try flow.begin(at: targets, with: outputGradients)
    for source in sources { flow.keep(source.id) }
    for operation in order.reversed() {
        var needed = Needed()
        for (index, input) in operation.inputs.enumerated() where reached.contains(input.id) { needed[index] = true }
        guard !needed.isEmpty else { continue }
        try flow.pass(through: operation.op, operation.inputs, operation.outputs, needed)
    }
    return sources.map { flow[$0.id] }
}

/// The same for variables.
public func sparseGradients(
    of target: Tensor, withRespectTo variables: [Variable], outputGradient: Tensor? = nil
) throws(TensorError) -> [Gradient?] {
    guard let graph = target.symbolicOutput?.operation.graph else { throw .graphMismatch(operator: "gradients") }
    let reads = variables.map { graph.readsOf($0) }
    var found = try sparseGradients(
        of: [target], withRespectTo: reads.flatMap { $0 }, outputGradients: [outputGradient])[...]
    var results: [Gradient?] = []
    for parts in reads.map({ found.removing($0.count) }) {
        var sum: Gradient?
        for case let part? in parts { if let known = sum { sum = try known + part } else { sum = part } }
        results.append(sum)
    }
    return results
}

extension ArraySlice {
    /// Takes the first `count` elements away.
    fileprivate mutating func removing(_ count: Int) -> ArraySlice {
        defer { removeFirst(count) }
        return prefix(count)
    }
}

/// Every operation that the fetches need, inputs before their users; what computes only tensors that are `known` is not
/// needed.
func operations(behind fetches: [Tensor], known: (Tensor) -> Bool = { _ in false }) -> [GraphOperation] {
    var seen: Set<ObjectIdentifier> = []
    var found: [GraphOperation] = []
    func sources(_ tensors: [Tensor]) -> [GraphOperation] {
        tensors.compactMap { known($0) ? nil : $0.symbolicOutput?.operation }
    }
    var waiting = sources(fetches)
    while let operation = waiting.popLast() {
        guard seen.insert(ObjectIdentifier(operation)).inserted else { continue }
        found.append(operation)
        waiting.append(contentsOf: sources(operation.inputs))
        waiting.append(contentsOf: operation.controlInputs)
    }
    return found.sorted { $0.index < $1.index }
}

/// The floating-point tensors that are computed from `sources`, and the sources themselves.
func downstream(of sources: [Tensor], in order: [GraphOperation]) -> IdentitySet {
    var reached = IdentitySet()
    for source in sources where source.dtype.isFloatingPoint { reached.insert(source.id) }
    for operation in order where operation.inputs.contains(where: { reached.contains($0.id) }) {
        for output in operation.outputs where output.dtype.isFloatingPoint { reached.insert(output.id) }
    }
    return reached
}
