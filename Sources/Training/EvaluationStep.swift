import Layers
import Operators
import TensorCore

/// A traced call of a network together with its losses, which changes nothing.
public struct EvaluationStep: Sendable {
    public let inputs: [TensorSpec]
    public let targets: [TensorSpec]
    public let sampleWeights: [TensorSpec]
    public let store: VariableStore
    private let plan: Plan
    private let partCount: Int

    /// Traces an evaluation; builds the network where it is not built yet. Parameters and errors as of ``TrainingStep``.
    public init(
        _ network: Network, _ objective: Objective, inputs: [TensorSpec], targets: [TensorSpec],
        sampleWeights: [TensorSpec] = []
    ) throws {
        self.inputs = inputs
        self.targets = targets
        self.sampleWeights = sampleWeights
        let store = Context.current?.store ?? network.variableStore
        self.store = store
        var partCount = 0
        plan = try Plan(tracing: inputs + targets + sampleWeights, in: store, names: Context.current?.names) {
            tensors in
            let arguments = TrainingArguments(tensors, inputs.count, targets.count, sampleWeights.count)
            let value = try objective(
                network, arguments.inputs, arguments.targets, sampleWeights: arguments.sampleWeights, training: false)
            partCount = value.parts.count
            return [value.total] + (partCount > 1 ? value.parts : []) + value.outputs
        }
        self.partCount = partCount
    }

    /// What came of an evaluation.
    public struct Result: Sendable {
        public let loss: Double
        /// The loss of each output.
        public let losses: [Double]
        public let outputs: [Tensor]
    }

    /// Evaluates on one snapshot of the variables.
    public func callAsFunction(
        _ inputs: [Tensor], _ targets: [Tensor], sampleWeights: [Tensor] = [], on lease: borrowing SnapshotLease
    ) throws(TensorError) -> Result {
        let values = try plan.run(inputs + targets + sampleWeights, on: lease, random: RandomState(seed: 0))
        let loss = values[0].scalarValue
        return Result(
            loss: loss, losses: partCount > 1 ? values[1...partCount].map(\.scalarValue) : [loss],
            outputs: Array(values.dropFirst(partCount > 1 ? partCount + 1 : 1)))
    }
}
