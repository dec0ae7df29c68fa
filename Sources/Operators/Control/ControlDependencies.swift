import TensorCore

/// An operation that computes nothing; it runs after what it depends on.
struct NoOperation: Operator {
    let isStateful = true

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { [TensorSpec([0])] }
    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {}
    func gradients(_ pass: BackwardPass) -> [Tensor?] { [] }
}

/// Runs `body`; the operations it adds to a graph run only after those behind `tensors`. Eagerly everything runs in
/// order anyway.
///
/// - Source: tf.control_dependencies (TensorFlow 1.8).
public func withControlDependencies<Result, Failure: Error>(
    on tensors: [Tensor], _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    let operations = tensors.compactMap { $0.symbolicOutput?.operation }
    guard !operations.isEmpty else { return try body() }
    return try Context.currentOrDefault.adding(controlInputs: operations).bind(body)
}

/// One tensor, without elements, whose fetching runs all of `tensors`.
///
/// - Source: tf.group (TensorFlow 1.8).
public func group(_ tensors: [Tensor]) throws(TensorError) -> Tensor {
    try withControlDependencies(on: tensors) { () throws(TensorError) in
        guard let graph = tensors.lazy.compactMap({ $0.symbolicOutput?.operation.graph }).first else {
            return try apply(NoOperation(), to: [])[0]
        }
        return try graph.add(NoOperation(), [], controlInputs: Context.current?.controlInputs ?? [])[0]
    }
}
