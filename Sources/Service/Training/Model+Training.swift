import Operators
import TensorCore
import Training

extension Model {
    /// Takes one step on a batch.
    ///
    /// - Throws: `ServiceError.conflict` when the model has no training settings or a job trains it; `.unfit` when the batch does
    ///   not fit, or when its loss is not finite; `.overloaded` when too many steps wait already. Then nothing changes.
    public func train(_ batch: Examples) async throws -> TrainingOutcome {
        let (settings, outputs) = try await prepare(batch, for: "train")
        do {
            let start = metrics.time.now()
            try beginStep()
            defer { steps.withLock { $0 -= 1 } }
            let result = try await core.train(
                batch, settings, outputs: outputs, measuresGradientNorm: metrics.isGradientNormDue)
            metrics.trained(result, nanoseconds: metrics.time.now() &- start, examples: batch.count)
            let names = outputs.map(\.name)
            let figures = try await ComputePool.shared.run {
                var figures = RunningFigures(try settings.makeMetrics(outputs: names))
                try figures.add(batch, loss: result.loss, losses: result.losses, outputs: result.outputs)
                return figures.figures(outputs: names)
            }
            return TrainingOutcome(step: result.step, version: result.version, loss: result.loss, metrics: figures)
        } catch TensorError.notFinite(let what) {
            throw ServiceError.unfit(
                "the \(what) of this step is not finite, so it was not taken: look for NaN or infinity in the batch, or lower the learning rate"
            )
        }
    }

    private func beginStep() throws(ServiceError) {
        let isTaken = steps.withLock { count in
            guard count < stepsMax else { return false }
            count += 1
            return true
        }
        guard isTaken else { throw .overloaded(model: name, limit: stepsMax) }
    }

    /// Loss and metrics of examples, of one version; changes nothing.
    ///
    /// - Parameters:
    ///   - batchSize: how many are looked at together at most; nil for all.
    ///   - check: is asked before each batch, and throws when the outcome is no longer wanted.
    public func evaluate(
        _ examples: Examples, batchSize: Int? = nil,
        checking check: () throws -> Void = { try Task.checkCancellation() }
    ) async throws -> TrainingOutcome {
        let (settings, outputs) = try await prepare(examples, batchSize: batchSize, for: "evaluate")
        let step = try await core.evaluationStep(BatchKind(examples), settings, outputs: outputs)
        var figures = RunningFigures(try settings.makeMetrics(outputs: outputs.map(\.name)))
        let held = HeldValues(lease: store.lease(), variables: [])
        let batches = try EpochBatches(examples, batchSize: batchSize ?? examples.count)
        for number in 0..<batches.count {
            try check()
            figures = try await ComputePool.shared.run { [figures] in
                let batch = try batches.batch(number)
                let result = try step(
                    batch.inputs, batch.targets, sampleWeights: batch.sampleWeights, on: held.lease)
                var sum = figures
                try sum.add(batch, loss: result.loss, losses: result.losses, outputs: result.outputs)
                return sum
            }
        }
        return TrainingOutcome(
            step: held.lease.step, version: held.lease.version, loss: figures.loss,
            metrics: figures.figures(outputs: outputs.map(\.name)))
    }

    /// What gradients are to be taken with respect to.
    public struct GradientSources: Hashable, Sendable {
        /// The full names of variables; nil for all that are trainable.
        public var variables: [String]?
        public var includesInputs: Bool

        public init(variables: [String]? = nil, includesInputs: Bool = false) {
            self.variables = variables
            self.includesInputs = includesInputs
        }
    }

    /// The value of a loss and its gradients, of one version.
    public struct Gradients: Sendable {
        public let step: Int64
        public let version: UInt64
        public let loss: Double
        public let variables: [(name: String, gradient: Tensor)]
        /// In the order of the inputs; empty where they were not asked for.
        public let inputs: [Tensor]
    }

    /// The loss of a batch and its gradients; changes nothing.
    public func gradients(_ batch: Examples, of sources: GradientSources) async throws -> Gradients {
        let (settings, outputs) = try await prepare(batch, for: "gradients")
        if sources.includesInputs, let port = inputs?.first(where: { !$0.spec.dtype.isFloatingPoint }) {
            throw ServiceError.unfit("input '\(port.name)' is \(port.spec): it has no gradient")
        }
        let step = try await core.gradientStep(
            BatchKind(batch), settings, outputs: outputs, variables: sources.variables,
            includesInputs: sources.includesInputs)
        return try await ComputePool.shared.run { [store] in
            let lease = store.lease()
            let result = try step(batch.inputs, batch.targets, sampleWeights: batch.sampleWeights, on: lease)
            return Gradients(
                step: lease.step, version: lease.version, loss: result.loss,
                variables: zip(step.variables, result.variables).map { ($0.name, $1) }, inputs: result.inputs)
        }
    }

    /// Builds the model where it is not built, and holds examples against its inputs and outputs.
    ///
    /// - Parameter batchSize: how many go in at a time, where that is not all of them.
    /// - Returns: the settings of its training and its outputs.
    func prepare(
        _ batch: Examples, batchSize: Int? = nil, for purpose: String
    ) async throws -> (settings: TrainingSettings, outputs: [ModelDescription.Port]) {
        guard let training = settings.training else {
            throw ServiceError.conflict(
                "model '\(name)' has no training settings, which \(purpose) needs: give it an optimizer and a loss")
        }
        guard batch.count > 0 else {
            try signature.check(batch.inputs, of: name)
            throw ServiceError.unfit("inputs holds no example; a loss needs one at the least")
        }
        var first = batch
        if let batchSize, batchSize < batch.count {
            // A model may take batches of one size alone, and the last may be smaller.
            let batches = try EpochBatches(batch, batchSize: batchSize)
            first = try batches.batch(0)
            try signature.check(batches.batch(batches.count - 1).inputs, of: name)
        }
        try signature.check(first.inputs, of: name)
        if inputs == nil { _ = try await plan(for: key(first.inputs.map(\.spec))) }
        let outputs = outputs
        guard batch.targets.count == outputs.count else {
            throw ServiceError.unfit(
                "model '\(name)' has \(outputs.count) outputs, but \(batch.targets.count) targets came")
        }
        guard batch.sampleWeights.count <= 1 || batch.sampleWeights.count == outputs.count else {
            throw ServiceError.unfit(
                "model '\(name)' has \(outputs.count) outputs, but \(batch.sampleWeights.count) sample weights came")
        }
        return (training, outputs)
    }

    /// Refuses training settings that are for other outputs than the model's, where those are known.
    func check(_ training: TrainingSettings?) throws(ServiceError) {
        guard let training, inputs != nil else { return }
        let names = outputs.map(\.name)
        _ = try training.makeObjective(outputs: names)
        _ = try training.makeMetrics(outputs: names)
    }
}
