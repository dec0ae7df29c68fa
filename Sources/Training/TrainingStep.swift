import Layers
import Locking
import Operators
import TensorCore

/// One step of training, traced: losses, gradients and the optimizer's updates as one plan, which publishes a new snapshot at
/// each run.
///
/// Tracing needs the network and the optimizer, and so whoever they are confined to; what was traced is Sendable and runs
/// anywhere, one run after the other. Calls of the network go on meanwhile.
public final class TrainingStep: Sendable {
    /// What the inputs are, the targets, and the sample weights where there are some.
    public let inputs: [TensorSpec]
    public let targets: [TensorSpec]
    public let sampleWeights: [TensorSpec]
    public let store: VariableStore

    private let plan: Plan
    private let partCount: Int
    private let schedule: (any LearningRateSchedule)?
    private let rate: Lock<(number: Double, tensor: Tensor)>
    /// The seed of dropout and its like; each step's numbers follow from it and the number of the step.
    private let seed: UInt64
    private let measuresGradientNorm: Bool
    /// Where the trainable variables stand among the values that the plan writes.
    private let trainedPlaces: [Int]

    /// Traces a step; builds the network and the optimizer's slots where they are not built yet.
    ///
    /// - Parameters:
    ///   - inputs: what they are; the extent of the batch may be unknown.
    ///   - sampleWeights: none, one for all outputs, or one for each.
    ///   - measuresGradientNorm: whether each step tells how large its gradients were, for which it reads them once more.
    /// - Throws: ValueError when no variable can be trained, or losses, targets and outputs do not fit each other; whatever
    ///   network and losses throw.
    public init(
        _ network: Network, _ objective: Objective, _ optimizer: Optimizer, inputs: [TensorSpec],
        targets: [TensorSpec], sampleWeights: [TensorSpec] = [], seed: UInt64 = 0,
        measuresGradientNorm: Bool = false
    ) throws {
        self.inputs = inputs
        self.targets = targets
        self.sampleWeights = sampleWeights
        self.seed = seed
        self.measuresGradientNorm = measuresGradientNorm
        let store = Context.current?.store ?? network.variableStore
        self.store = store
        var partCount = 0
        let specs = inputs + targets + sampleWeights + [TensorSpec([]), TensorSpec([], .int64)]
        plan = try Plan(tracing: specs, in: store, names: Context.current?.names) { tensors in
            let arguments = TrainingArguments(tensors, inputs.count, targets.count, sampleWeights.count)
            let value = try objective(
                network, arguments.inputs, arguments.targets, sampleWeights: arguments.sampleWeights, training: true)
            partCount = value.parts.count
            let gradients = try optimizer.takeStep(
                of: value.total, network.trainableVariables, learningRate: arguments.rest[0], count: arguments.rest[1])
            // In one dtype, which holds the squares of half precision too.
            let norm =
                try measuresGradientNorm
                ? [globalNorm(gradients.map { .dense(try cast($0.values, to: .float32)) })] : []
            return [value.total] + (partCount > 1 ? value.parts : []) + norm + value.outputs
        }
        self.partCount = partCount
        switch optimizer.learningRate {
        case .constant(let number):
            schedule = nil
            rate = Lock((number, Tensor(Float(number))))
        case .schedule(let schedule):
            self.schedule = schedule
            rate = Lock((0, Tensor(Float(0))))
        }
        let trained = Set(network.trainableVariables.filter { $0.dtype.isFloatingPoint }.map(\.slot))
        trainedPlaces = plan.writtenSlots.enumerated().filter { trained.contains($0.element) }.map(\.offset)
    }

    /// The learning rate of the next step. Setting it has no effect on a schedule.
    public var learningRate: Double {
        get { schedule.map { Double($0.rate(at: store.step)) } ?? rate.withLock { $0.number } }
        set { rate.withLock { $0 = (newValue, Tensor(Float(newValue))) } }
    }

    /// What came of a step.
    public struct Result: Sendable {
        /// The whole objective before the update.
        public let loss: Double
        /// The loss of each output before the update.
        public let losses: [Double]
        /// What the network answered before the update.
        public let outputs: [Tensor]
        /// The norm of all gradients together, before they were clipped; nil where it is not measured.
        public let gradientNorm: Double?
        /// How many steps were taken, this one included.
        public let step: Int64
        /// The version of the values that were published.
        public let version: UInt64
    }

    /// Takes a step and publishes the new values.
    ///
    /// - Parameter refusesNotFinite: whether a step whose loss or whose new values of trainable variables are not all finite
    ///   is not taken.
    /// - Throws: `TensorError` for tensors that do not fit what was traced, or when memory runs out; `.notFinite` for a step
    ///   that is not taken. Then nothing changes.
    @discardableResult
    public func callAsFunction(
        _ inputs: [Tensor], _ targets: [Tensor], sampleWeights: [Tensor] = [], refusesNotFinite: Bool = false
    ) throws(TensorError) -> Result {
        guard inputs.count == self.inputs.count, targets.count == self.targets.count,
            sampleWeights.count == self.sampleWeights.count
        else {
            throw .invalidArgument(
                operator: "training step",
                message:
                    "takes \(self.inputs.count) inputs, \(self.targets.count) targets and \(self.sampleWeights.count) sample weights, received \(inputs.count), \(targets.count) and \(sampleWeights.count)"
            )
        }
        let step = store.step
        let own = [rate.withLock { $0.tensor }, Tensor([], [step])]
        let (values, version) = try plan.update(
            inputs + targets + sampleWeights + own, steps: 1, random: RandomState(seed: seed, run: UInt64(step)),
            verifying: { (outputs, values) throws(TensorError) in
                if refusesNotFinite { try requireFinite(outputs, values) }
            })
        let loss = values[0].scalarValue
        let rest = values.dropFirst(partCount > 1 ? partCount + 1 : 1)
        return Result(
            loss: loss, losses: partCount > 1 ? values[1...partCount].map(\.scalarValue) : [loss],
            outputs: Array(rest.dropFirst(measuresGradientNorm ? 1 : 0)),
            gradientNorm: measuresGradientNorm ? rest.first?.scalarValue : nil, step: step + 1, version: version)
    }

    private func requireFinite(_ outputs: [Tensor], _ values: [Tensor]) throws(TensorError) {
        guard Kernels.isFinite(outputs[0]) else { throw .notFinite(operator: "loss") }
        for place in trainedPlaces where !Kernels.isFinite(values[place]) { throw .notFinite(operator: "update") }
    }
}

/// The inputs of a plan, taken apart.
struct TrainingArguments {
    let inputs: [Tensor]
    let targets: [Tensor]
    let sampleWeights: [Tensor]
    /// What follows them.
    let rest: [Tensor]

    init(_ tensors: [Tensor], _ inputCount: Int, _ targetCount: Int, _ weightCount: Int) {
        inputs = Array(tensors[..<inputCount])
        targets = Array(tensors[inputCount..<inputCount + targetCount])
        sampleWeights = Array(tensors[(inputCount + targetCount)...].prefix(weightCount))
        rest = Array(tensors[(inputCount + targetCount + weightCount)...])
    }
}

extension Optimizer {
    /// Adds a step to a plan that is being traced.
    ///
    /// - Parameters:
    ///   - learningRate: what the plan is given; a schedule makes its own of the step.
    ///   - count: how many steps came before, for rules that do not count by themselves.
    /// - Returns: the gradients.
    func takeStep(
        of loss: Tensor, _ variables: [Variable], learningRate: Tensor, count: Tensor
    ) throws -> [Gradient] {
        let pairs = try computeGradients(of: loss, variables)
        let given = try withGradients(pairs)
        try build(given.map(\.variable))
        let step = try step(elseWith: count)
        var isConstant: Bool { if case .constant = self.learningRate { true } else { false } }
        let moment = try moment(learningRate: isConstant ? learningRate : nil, step: step)
        for (variable, value) in try changes(given, moment) { try variable.assign(value) }
        return given.map(\.gradient)
    }
}
