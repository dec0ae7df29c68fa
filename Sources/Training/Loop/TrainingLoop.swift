import Layers
import Operators
import TensorCore

/// A network with what it is trained for, by what, and how it is judged: fitted, evaluated and asked for predictions.
///
/// ```swift
/// let loop = try TrainingLoop(
///     network, loss: SparseCategoricalCrossentropy(fromLogits: true), optimizer: Optimizer(KerasAdam()),
///     metrics: [SparseCategoricalAccuracy(name: "accuracy")])
/// try loop.fit(Examples(x, y), epochs: 10, validation: .share(0.1), seed: 1, callbacks: [TerminalProgress()])
/// let answers = try loop.predict(x)
/// ```
/// A step is traced once for each kind of batch and run as a plan from then on. The same seed gives the same weights, bit for
/// bit. A loop is confined to whoever made it.
///
/// - Source: keras.Model.fit, evaluate, predict, train_on_batch (2.15).
public final class TrainingLoop {
    public let network: Network
    public let objective: Objective
    public let optimizer: Optimizer
    /// The metrics without anything gathered.
    private let metrics: MetricGroup
    private var steps: [BatchKind: TrainingStep] = [:]
    private var evaluations: [BatchKind: EvaluationStep] = [:]
    private var predictions: [BatchKind: Plan] = [:]
    /// What dropout and the order of examples follow from.
    private let seed: UInt64

    /// - Parameters:
    ///   - metrics: of the first output, without sample weights; for others see ``init(_:objective:optimizer:metrics:seed:)``.
    ///   - seed: what dropout and the order of examples follow from; nil for one that the system gives.
    public convenience init(
        _ network: Network, loss: any Loss, optimizer: Optimizer, metrics: [any Metric] = [],
        weightedMetrics: [any Metric] = [], seed: UInt64? = nil
    ) throws {
        var group = MetricGroup()
        for metric in metrics { group.add(metric) }
        for metric in weightedMetrics { group.add(metric, isWeighted: true) }
        try self.init(network, objective: Objective(loss), optimizer: optimizer, metrics: group, seed: seed)
    }

    public init(
        _ network: Network, objective: Objective, optimizer: Optimizer, metrics: MetricGroup = MetricGroup(),
        seed: UInt64? = nil
    ) throws {
        self.network = network
        self.objective = objective
        self.optimizer = optimizer
        self.metrics = metrics
        self.seed = seed ?? RandomGenerator.current.nextState().seed
    }

    // MARK: Learning

    /// What a fit is judged by after each epoch.
    public enum Validation {
        case none
        /// The last share of the examples, which are then not learned from.
        case share(Double)
        case examples(Examples)
    }

    /// Learns from all examples, several times over.
    ///
    /// - Parameters:
    ///   - epochs: how often; epochs are counted from 0.
    ///   - shuffles: whether each epoch has an order of its own.
    ///   - validation: figures of it are logged with `val_` before their names.
    ///   - firstEpoch: where a fit goes on that was broken off.
    /// - Returns: what was logged at the end of each epoch.
    /// - Throws: ValueError for numbers that make no sense, whatever the network, its losses, metrics or callbacks throw.
    @discardableResult
    public func fit(
        _ examples: Examples, epochs: Int, batchSize: Int = 32, shuffles: Bool = true,
        validation: Validation = .none, firstEpoch: Int = 0, callbacks: [any TrainingCallback] = []
    ) throws -> History {
        var (learned, judged) = (examples, nil as Examples?)
        switch validation {
        case .none: break
        case .share(let share): (learned, judged) = try examples.split(validationShare: share)
        case .examples(let given): judged = given
        }
        guard learned.count > 0 else { throw TrainingError(.value, "there are no examples to learn from") }
        return try fit(
            epochs: epochs, firstEpoch: firstEpoch, validation: judged, batchSize: batchSize, callbacks: callbacks
        ) { epoch in
            let batches = try EpochBatches(
                learned, batchSize: batchSize, shuffledBy: shuffles ? seed : nil, epoch: epoch)
            return (batches.count, { try batches.batch($0) })
        }
    }

    /// Learns from batches that are made as they are wanted.
    ///
    /// - Parameters:
    ///   - batches: of an epoch: how many there are, and each of them.
    ///   - batchSize: of the validation.
    @discardableResult
    public func fit(
        epochs: Int, firstEpoch: Int = 0, validation: Examples? = nil, batchSize: Int = 32,
        callbacks: [any TrainingCallback] = [],
        _ batches: (_ epoch: Int) throws -> (count: Int, batch: (Int) throws -> Examples)
    ) throws -> History {
        var history = History()
        let run = TrainingRun(self, epochs: epochs, firstEpoch: firstEpoch)
        for callback in callbacks { try callback.trainingBegins(run) }
        for epoch in firstEpoch..<max(firstEpoch, epochs) where !run.isStopping {
            let (count, batch) = try batches(epoch)
            run.begin(epoch, batchCount: count)
            for callback in callbacks { try callback.epochBegins(epoch, run) }
            var gathered = RunningFigures(metrics)
            for number in 0..<count where !run.isStopping {
                try gathered.add(takeStep(batch(number)))
                let logs = gathered.logs
                for callback in callbacks { try callback.batchEnds(number, logs, run) }
            }
            var logs = gathered.logs
            if let validation, !run.isStopping {
                logs = logs.adding(try evaluate(validation, batchSize: batchSize), prefix: "val_")
            }
            history.add(epoch, logs)
            for callback in callbacks { try callback.epochEnds(epoch, logs, run) }
        }
        for callback in callbacks { try callback.trainingEnds(run) }
        return history
    }

    /// Takes one step.
    ///
    /// - Returns: the loss before the step and the metrics of this batch alone.
    @discardableResult
    public func trainOnBatch(_ batch: Examples) throws -> Logs {
        var gathered = RunningFigures(metrics)
        try gathered.add(takeStep(batch))
        return gathered.logs
    }

    private func takeStep(_ batch: Examples) throws -> Outcome {
        let result = try step(for: batch)(batch.inputs, batch.targets, sampleWeights: batch.sampleWeights)
        return Outcome(batch: batch, loss: result.loss, losses: result.losses, outputs: result.outputs)
    }

    // MARK: Judging and predicting

    /// The loss and the metrics over all examples; changes nothing.
    public func evaluate(_ examples: Examples, batchSize: Int = 32) throws -> Logs {
        let batches = try EpochBatches(examples, batchSize: batchSize)
        var gathered = RunningFigures(metrics)
        for number in 0..<batches.count { try gathered.add(judge(batches.batch(number))) }
        return gathered.logs
    }

    /// The same for a single batch.
    public func testOnBatch(_ batch: Examples) throws -> Logs {
        var gathered = RunningFigures(metrics)
        try gathered.add(judge(batch))
        return gathered.logs
    }

    private func judge(_ batch: Examples) throws -> Outcome {
        let evaluation = try evaluation(for: batch)
        let result = try evaluation(
            batch.inputs, batch.targets, sampleWeights: batch.sampleWeights, on: evaluation.store.lease())
        return Outcome(batch: batch, loss: result.loss, losses: result.losses, outputs: result.outputs)
    }

    /// What the network answers to all inputs, computed batch by batch.
    ///
    /// - Returns: for each output the answers one after the other.
    public func predict(_ inputs: [Tensor], batchSize: Int = 32) throws -> [Tensor] {
        let batches = try EpochBatches(Examples(inputs: inputs), batchSize: batchSize)
        var parts: [[Tensor]] = []
        for number in 0..<batches.count { parts.append(try predictOnBatch(batches.batch(number).inputs)) }
        guard let first = parts.first else { throw TrainingError(.value, "there are no inputs to answer") }
        return try first.indices.map { output in
            parts.count == 1 ? first[output] : try concatenate(parts.map { $0[output] }, axis: 0)
        }
    }

    /// The same for a network with one input and one output.
    public func predict(_ input: Tensor, batchSize: Int = 32) throws -> Tensor {
        try predict([input], batchSize: batchSize)[0]
    }

    /// What the network answers to one batch.
    public func predictOnBatch(_ inputs: [Tensor]) throws -> [Tensor] {
        let kind = BatchKind(try Examples(inputs: inputs))
        if predictions[kind] == nil {
            var options = CallOptions()
            if network.accepts.contains(.training) { options.training = false }
            predictions[kind] = try Plan(
                tracing: kind.inputs, in: Context.current?.store ?? network.variableStore, names: Context.current?.names
            ) { try network(Tensors($0), options).array }
        }
        guard let plan = predictions[kind] else { return [] }
        return try plan.run(inputs, on: plan.store.lease())
    }

    // MARK: Programs

    /// The learning rate of the next step.
    public var learningRate: Double {
        switch optimizer.learningRate {
        case .constant(let rate): rate
        case .schedule(let schedule): Double(schedule.rate(at: network.variableStore.step))
        }
    }

    /// Sets a constant learning rate.
    ///
    /// - Throws: ValueError where the optimizer follows a schedule.
    public func setLearningRate(_ rate: Double) throws {
        if case .schedule = optimizer.learningRate {
            throw TrainingError(.value, "the learning rate follows a schedule, so that it cannot be set to \(rate)")
        }
        optimizer.learningRate = .constant(rate)
        for step in steps.values { step.learningRate = rate }
    }

    private func step(for batch: Examples) throws -> TrainingStep {
        let kind = BatchKind(batch)
        if let known = steps[kind] { return known }
        let made = try TrainingStep(
            network, objective, optimizer, inputs: kind.inputs, targets: kind.targets,
            sampleWeights: kind.sampleWeights, seed: seed)
        steps[kind] = made
        return made
    }

    private func evaluation(for batch: Examples) throws -> EvaluationStep {
        let kind = BatchKind(batch)
        if let known = evaluations[kind] { return known }
        let made = try EvaluationStep(
            network, objective, inputs: kind.inputs, targets: kind.targets, sampleWeights: kind.sampleWeights)
        evaluations[kind] = made
        return made
    }
}

/// What came of one batch.
private struct Outcome {
    let batch: Examples
    let loss: Double
    let losses: [Double]
    let outputs: [Tensor]
}

extension RunningFigures {
    fileprivate mutating func add(_ outcome: Outcome) throws {
        try add(outcome.batch, loss: outcome.loss, losses: outcome.losses, outputs: outcome.outputs)
    }

    /// The loss; of several outputs each one's own; the metrics.
    fileprivate var logs: Logs { Logs([("loss", loss)] + figures().map { ($0.name, $0.value) }) }
}
