import TensorCore

/// The value of a variable at the time of the run: in a session that as it stands when the operation's turn comes.
struct ReadVariable: StatefulOperator {
    let variable: Variable

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { [variable.spec] }

    func evaluate(_ inputs: [Tensor], in run: inout GraphRun) throws(TensorError) -> [Tensor] {
        [try run.value(of: variable)]
    }
}
