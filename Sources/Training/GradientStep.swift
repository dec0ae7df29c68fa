import Layers
import Operators
import TensorCore

/// The gradients of an objective, traced: with respect to variables, to inputs, or both. Changes nothing.
public struct GradientStep: Sendable {
    public let inputs: [TensorSpec]
    public let targets: [TensorSpec]
    public let sampleWeights: [TensorSpec]
    public let store: VariableStore
    /// What the gradients are with respect to.
    public let variables: [Variable]
    private let plan: Plan
    private let includesInputs: Bool

    /// - Parameters:
    ///   - variables: nil for all that are trainable; none for none.
    ///   - includesInputs: whether gradients with respect to the inputs are wanted too.
    public init(
        _ network: Network, _ objective: Objective, inputs: [TensorSpec], targets: [TensorSpec],
        sampleWeights: [TensorSpec] = [], withRespectTo variables: [Variable]? = nil,
        includingInputs includesInputs: Bool = false
    ) throws {
        self.inputs = inputs
        self.targets = targets
        self.sampleWeights = sampleWeights
        self.includesInputs = includesInputs
        let store = Context.current?.store ?? network.variableStore
        self.store = store
        var chosen: [Variable] = []
        plan = try Plan(tracing: inputs + targets + sampleWeights, in: store, names: Context.current?.names) {
            tensors in
            let arguments = TrainingArguments(tensors, inputs.count, targets.count, sampleWeights.count)
            let value = try objective(
                network, arguments.inputs, arguments.targets, sampleWeights: arguments.sampleWeights, training: false)
            var seen: Set<ObjectIdentifier> = []
            chosen = (variables ?? network.trainableVariables).filter { seen.insert(ObjectIdentifier($0)).inserted }
            let ofVariables = try gradients(of: value.total, withRespectTo: chosen)
            let sources = includesInputs ? arguments.inputs : []
            let ofInputs = try gradients(of: [value.total], withRespectTo: sources)
            // What has no part in the loss has a gradient of zero.
            return try [value.total]
                + zip(chosen, ofVariables).map { try $1 ?? Tensor.zeros($0.shape, $0.dtype) }
                + zip(sources, ofInputs).map { try $1 ?? zerosLike($0) }
        }
        self.variables = chosen
    }

    public struct Result: Sendable {
        public let loss: Double
        /// In the order of the variables.
        public let variables: [Tensor]
        /// In the order of the inputs, where they were asked for.
        public let inputs: [Tensor]
    }

    public func callAsFunction(
        _ inputs: [Tensor], _ targets: [Tensor], sampleWeights: [Tensor] = [], on lease: borrowing SnapshotLease
    ) throws(TensorError) -> Result {
        let values = try plan.run(inputs + targets + sampleWeights, on: lease, random: RandomState(seed: 0))
        return Result(
            loss: values[0].scalarValue, variables: Array(values[1...].prefix(variables.count)),
            inputs: Array(values.dropFirst(1 + variables.count)))
    }
}
