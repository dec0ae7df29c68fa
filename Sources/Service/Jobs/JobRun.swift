import Operators
import TensorCore
import Training

/// The training of one job, from where it stands to its end.
struct JobRun {
    let job: Job
    let model: Model
    let examples: Examples
    let validation: Examples?
    let models: ModelRegistry
    let storage: JobStorage
    var record: JobRecord
    private let pictures: TensorBoardFiles?
    private let thread = BackgroundThread()

    private var settings: JobSettings { job.settings }

    /// - Parameter picturesFolder: where there is to be a folder of event files for TensorBoard; nil for none.
    init(
        _ work: JobLine.Work, model: Model, models: ModelRegistry, storage: JobStorage, picturesFolder: String? = nil
    ) {
        job = work.job
        self.model = model
        examples = work.examples
        validation = work.validation
        self.models = models
        self.storage = storage
        record = work.record
        // Each life of the job writes files of its own.
        let host = "\(TensorBoardFiles.hostName).\(work.job.run)"
        pictures = picturesFolder.map { TensorBoardFiles("\($0)/\(work.job.id)", host: host) }
    }

    /// Steps are taken one after the other for so long before anything else is looked at, in nanoseconds.
    private static let sliceNanoseconds: UInt64 = 2_000_000
    /// And at most so many.
    private static let sliceSteps = 256

    /// - Throws: `Job.Stop` when it was asked to end; whatever went wrong otherwise.
    mutating func run() async throws {
        let (training, outputs) = try await model.prepare(examples, batchSize: settings.batchSize, for: "a job")
        let names = outputs.map(\.name)
        let metrics = try training.makeMetrics(outputs: names)
        let kind = BatchKind(examples)
        let step = try await model.core.trainingStep(kind, training, outputs: outputs, measuresGradientNorm: false)
        let measuring = try await model.core.trainingStep(kind, training, outputs: outputs, measuresGradientNorm: true)
        let perEpoch = (examples.count + settings.batchSize - 1) / settings.batchSize
        var position = try await startingPosition(steps: perEpoch * settings.epochs)
        var stopping = stoppingSoFar(epochs: position / perEpoch)
        var safe = settings.nanGuard == .rollBack ? try await model.keptValues() : nil
        var best: KeptValues?
        job.begin(step: position)
        for epoch in position / perEpoch..<settings.epochs {
            let seed = settings.seed ?? model.spec.seed
            let batches = try EpochBatches(
                examples, batchSize: settings.batchSize, shuffledBy: settings.shuffles ? seed : nil, epoch: epoch)
            var figures = RunningFigures(metrics)
            let end = (epoch + 1) * perEpoch
            while position < end {
                try checkStop()
                let border = min(end, nextCheckpoint(after: position) ?? end)
                do {
                    let start = position - epoch * perEpoch
                    let taken = try await take(
                        step, measuring, batches, from: start, to: border - epoch * perEpoch, figures)
                    figures = taken.figures
                    position = taken.next + epoch * perEpoch
                } catch TensorError.notFinite(let what) {
                    throw await failure(what, safe)
                }
                let now = figures.figures(outputs: names)
                if job.progress(step: position, loss: figures.loss, metrics: now) {
                    await draw(
                        [("loss", figures.loss), ("gradient_norm", model.metrics.lastGradientNorm)], now, position)
                }
                if let every = settings.checkpointEvery, position.isMultiple(of: every) { try await save() }
            }
            var ended = [NamedNumber(name: "loss", value: figures.loss)] + figures.figures(outputs: names)
            if let validation {
                let outcome = try await model.evaluate(validation, batchSize: settings.batchSize) { [job] in
                    if let stop = job.stop { throw stop }
                }
                ended.append(NamedNumber(name: "val_loss", value: outcome.loss))
                ended += outcome.metrics.map { NamedNumber(name: "val_\($0.name)", value: $0.value) }
            }
            let (drawn, rate) = (ended, step.learningRate)
            await draw { pictures in
                try pictures.write(epoch: epoch, drawn, further: [("epoch_learning_rate", .scalar(Float(rate)))])
            }
            job.endEpoch(epoch + 1, loss: figures.loss, metrics: Array(ended.dropFirst()))
            if safe != nil { safe = try await model.keptValues() }
            let verdict = try await judge(ended, epoch, &stopping)
            if verdict == .improved, settings.earlyStopping?.restoresBest == true {
                best = try await model.keptValues()
            }
            if verdict == .stop { break }
        }
        if let best { await model.core.publishVariables(best) }
        if settings.checkpointEvery != nil || settings.onRestart == .resume { try await save() }
    }

    // MARK: Where it begins

    /// How many steps of the job the model has taken already: none, or after a restart those that its checkpoint holds.
    private mutating func startingPosition(steps: Int) async throws -> Int {
        if let startStep = record.startStep {
            let position = model.store.step - startStep
            guard (0...Int64(steps)).contains(position) else {
                throw ServiceError.conflict(
                    "the job cannot go on: it began at step \(startStep), but model '\(model.name)' is at step \(model.store.step)"
                )
            }
            return Int(position)
        }
        record.startStep = model.store.step
        if settings.onRestart == .resume {
            // What no checkpoint holds cannot be gone on from.
            if await model.core.isBuilt, model.hasUnsavedValues { try await save() }
            try await keepRecord()
        }
        return 0
    }

    /// What early stopping has seen before a restart.
    private mutating func stoppingSoFar(epochs: Int) -> EarlyStoppingRule? {
        record.monitored = Array(record.monitored.prefix(epochs))
        var rule = settings.earlyStopping?.rule
        for (epoch, value) in record.monitored.enumerated() { _ = rule?.judge(value, epoch: epoch) }
        return rule
    }

    private func keepRecord() async throws {
        var record = record
        record.description = job.description
        try await ComputePool.shared.run { [storage, record] in try storage.write(record) }
    }

    // MARK: Steps

    /// Takes steps until a slice of time is over, there are no more, or the job is to end; the first at any rate.
    ///
    /// - Parameter measuring: the step that also tells how large its gradients were.
    private func take(
        _ step: TrainingStep, _ measuring: TrainingStep, _ batches: EpochBatches, from start: Int, to end: Int,
        _ figures: RunningFigures
    ) async throws -> (figures: RunningFigures, next: Int) {
        let refusesNotFinite = settings.nanGuard != .off
        let (job, time, metrics) = (job, models.time, model.metrics)
        return try await thread.run {
            let deadline = time.now() + JobRun.sliceNanoseconds
            var (figures, number) = (figures, start)
            repeat {
                let batch = try batches.batch(number)
                let begin = time.now()
                let result = try (metrics.isGradientNormDue ? measuring : step)(
                    batch.inputs, batch.targets, sampleWeights: batch.sampleWeights, refusesNotFinite: refusesNotFinite)
                metrics.trained(result, nanoseconds: time.now() &- begin, examples: batch.count)
                try figures.add(batch, loss: result.loss, losses: result.losses, outputs: result.outputs)
                number += 1
            } while number < end && number - start < JobRun.sliceSteps && time.now() < deadline && job.stop == nil
            return (figures, number)
        }
    }

    private func draw(_ figures: [(String, Double)], _ metrics: [NamedNumber], _ step: Int) async {
        await draw { try $0.write(step: Int64(step), Logs(figures).entries + metrics) }
    }

    /// What cannot be written is left out: no job fails for want of a picture of it.
    private func draw(_ write: @escaping @Sendable (TensorBoardFiles) throws -> Void) async {
        guard let pictures else { return }
        try? await thread.run { try write(pictures) }
    }

    private func checkStop() throws(Job.Stop) { if let stop = job.stop { throw stop } }

    private func failure(_ what: String, _ safe: KeptValues?) async -> ServiceError {
        guard let safe else {
            return .unfit(
                "the \(what) of step \(model.store.step + 1) is not finite; the model stays at step \(model.store.step)"
            )
        }
        let failed = model.store.step + 1
        await model.core.publish(safe)
        return .unfit("the \(what) of step \(failed) is not finite; the model went back to step \(safe.step)")
    }

    // MARK: Checkpoints and early stopping

    private func nextCheckpoint(after position: Int) -> Int? {
        settings.checkpointEvery.map { (position / $0 + 1) * $0 }
    }

    private func save() async throws {
        // What is saved already need not be saved again.
        guard model.hasUnsavedValues else { return }
        job.events.add(.checkpoint(try await models.saveCheckpoint(of: model.name, automatic: true)))
    }

    private mutating func judge(
        _ figures: [NamedNumber], _ epoch: Int, _ rule: inout EarlyStoppingRule?
    ) async throws -> EarlyStoppingRule.Verdict {
        var verdict = EarlyStoppingRule.Verdict.goOn
        if let stopping = settings.earlyStopping,
            let value = figures.first(where: { $0.name == stopping.monitor })?.value
        {
            record.monitored.append(value)
            verdict = rule?.judge(value, epoch: epoch) ?? .goOn
        }
        if settings.onRestart == .resume { try await keepRecord() }
        return verdict
    }
}

/// Copies of a model's values, to go back to.
struct KeptValues: Sendable {
    let step: Int64
    fileprivate let values: [(variable: Variable, value: Tensor)]
}

extension Model {
    /// Copies of all values, the optimizer's among them.
    func keptValues() async throws -> KeptValues {
        let held = await core.hold()
        return KeptValues(
            step: held.lease.step,
            values: try held.variables.compactMap { variable in try held.lease.copy(of: variable).map { (variable, $0) }
            })
    }
}

extension ModelCore {
    /// Goes back to kept values.
    func publish(_ kept: KeptValues) {
        store.publish(kept.values.map { ($0.variable.slot, $0.value) }, step: kept.step)
    }

    /// Takes the kept values of the network's own variables; the optimizer and the step stay as they are.
    func publishVariables(_ kept: KeptValues) {
        let own = Set(network.variables.map(\.slot))
        store.publish(kept.values.filter { own.contains($0.variable.slot) }.map { ($0.variable.slot, $0.value) })
    }
}
