import Formats
import Locking
import Telemetry
import TensorCore
import Training

/// Training in the background: begun, followed, cancelled, and after a restart taken up again or given up, as asked.
///
/// The jobs of one model run one after the other, those of different models side by side.
public final class JobRegistry: Sendable {
    private let models: ModelRegistry
    private let dataSets: DataSetRegistry
    private let storage: JobStorage
    private let picturesFolder: String?

    private struct State: Sendable {
        var jobs: [String: Job] = [:]
        /// In the order in which they were asked for.
        var order: [String] = []
        var lines: [ObjectIdentifier: JobLine] = [:]
        var number = 0
        var isClosed = false
    }

    private let state = Lock(State())

    /// Jobs that may wait for one model.
    static let waitingMax = 64
    /// Jobs that are over are remembered up to so many.
    static let finishedMax = 1000

    /// Opens the jobs of the directory that a registry of models has opened; they come with ``load()``.
    ///
    /// - Parameter picturesFolder: where each job is to have a folder of event files for TensorBoard; nil for none.
    public init(_ models: ModelRegistry, _ dataSets: DataSetRegistry, picturesFolder: String? = nil) throws {
        self.models = models
        self.dataSets = dataSets
        self.picturesFolder = picturesFolder
        storage = try JobStorage(models.directory)
    }

    // MARK: Finding

    /// Jobs, oldest first, and whether there are more.
    ///
    /// - Parameters:
    ///   - model: only those of this model.
    ///   - last: the id where an earlier part of the list ended; one that has been forgotten since came before all others.
    public func jobs(
        of model: String? = nil, after last: String? = nil, limit: Int = .max
    ) -> (jobs: [JobDescription], hasMore: Bool) {
        let jobs = state.withLock { state in
            let place = last.flatMap { state.order.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
            return state.order[place...].compactMap { state.jobs[$0] }
        }.map(\.description).filter { model == nil || $0.model == model }
        return (Array(jobs.prefix(limit)), jobs.count > limit)
    }

    public func job(_ id: String) throws(ServiceError) -> Job {
        guard let job = state.withLock({ $0.jobs[id] }) else { throw .noSuchJob(id) }
        return job
    }

    // MARK: Beginning

    /// What a job trains on.
    public enum Data: Sendable {
        case examples(Examples)
        case selection(DataSelection)
    }

    /// Asks for a job. It is on disk on return, and begins when its model has no other.
    ///
    /// - Throws: `ServiceError.unfit` for data that do not fit the model; `.conflict` for a model without training settings;
    ///   `.tooManyJobs`; `.stopping`.
    public func create(_ name: String, _ settings: JobSettings, _ data: Data) async throws -> Job {
        let model = try models.model(name)
        let (examples, validation) = try await examples(settings, data, for: model)
        try await check(settings, examples, validation, for: model)
        let steps = (examples.count + settings.batchSize - 1) / settings.batchSize * settings.epochs
        let description = JobDescription(
            id: nextID(), model: name, epochs: settings.epochs, steps: steps,
            createdAt: Timestamp.string(models.time.wallTime()))
        var selection: DataSelection?
        if case .selection(let chosen) = data { selection = chosen }
        let record = JobRecord(description, settings, selection: selection, modelCreatedAt: model.createdAt)
        return try await models.changing(name) { current, _ in
            guard current === model else { throw ServiceError.conflict("model '\(name)' was replaced meanwhile") }
            return try await self.enqueue(record, examples, validation, for: model, keepsData: true)
        }
    }

    private func nextID() -> String {
        state.withLock { state in
            state.number += 1
            return "job-\(state.number)"
        }
    }

    /// What is trained on and what is judged by.
    private func examples(
        _ settings: JobSettings, _ data: Data, for model: Model
    ) async throws -> (training: Examples, validation: Examples?) {
        let all: Examples
        switch data {
        case .examples(let given): all = given
        case .selection(let selection): all = try await dataSets.examples(selection, for: model)
        }
        if let selection = settings.validationData {
            return (all, try await dataSets.examples(selection, for: model))
        }
        guard let share = settings.validationSplit else { return (all, nil) }
        return try all.split(validationShare: share)
    }

    /// Finds out now what would fail later.
    private func check(
        _ settings: JobSettings, _ examples: Examples, _ validation: Examples?, for model: Model
    ) async throws {
        let (training, outputs) = try await model.prepare(examples, batchSize: settings.batchSize, for: "a job")
        if let validation {
            _ = try await model.prepare(validation, batchSize: settings.batchSize, for: "a job")
        }
        _ = try await model.core.trainingStep(
            BatchKind(examples), training, outputs: outputs, measuresGradientNorm: false)
        guard let monitor = settings.earlyStopping?.monitor else { return }
        let names = outputs.map(\.name)
        let metrics = try training.makeMetrics(outputs: names).results.entries.map(\.name)
        let own = ["loss"] + (names.count > 1 ? names.map { "\($0)_loss" } : []) + metrics
        let known = own + (validation == nil ? [] : own.map { "val_\($0)" })
        guard known.contains(monitor) else {
            throw ServiceError.unfit(
                "early_stopping.monitor is '\(monitor)', but the job gives \(known.joined(separator: ", "))")
        }
    }

    /// Puts a job into its model's line. Nothing else changes the model as a whole meanwhile.
    private func enqueue(
        _ record: JobRecord, _ examples: Examples, _ validation: Examples?, for model: Model, keepsData: Bool
    ) async throws -> Job {
        let name = model.name
        guard !state.withLock({ $0.isClosed }) else { throw ServiceError.stopping }
        let line = state.withLock { $0.lines[ObjectIdentifier(model)] }
        if let line, line.count > JobRegistry.waitingMax {
            throw ServiceError.tooManyJobs(model: name, limit: JobRegistry.waitingMax)
        }
        let job = Job(record.description, record.settings, run: record.runs, time: models.time)
        try await ComputePool.shared.run { [storage] in
            if keepsData, record.selection == nil, record.settings.onRestart == .resume {
                // Those to be judged by are behind those to train on.
                try storage.write(
                    try examples.followed(by: record.settings.validationSplit == nil ? nil : validation), of: job.id)
            }
            try storage.write(record)
        }
        state.withLock { state in
            state.jobs[job.id] = job
            state.order.append(job.id)
        }
        let work = JobLine.Work(job: job, examples: examples, validation: validation, record: record)
        if let line {
            if line.add(work) { return job }
            await line.end()
        }
        let key = ObjectIdentifier(model)
        let new = JobLine(model) { [weak self] line in
            self?.state.withLock { if $0.lines[key] === line { $0.lines[key] = nil } }
        } _: { [weak self] work, model in
            await self?.perform(work, model) ?? {}
        }
        _ = new.add(work)
        try await model.core.reserve(for: new)
        state.withLock { $0.lines[key] = new }
        new.start()
        return job
    }

    // MARK: Running

    private func perform(_ work: JobLine.Work, _ model: Model) async -> JobLine.Finish {
        let job = work.job
        let outcome: @Sendable () -> Void
        var run = JobRun(work, model: model, models: models, storage: storage, picturesFolder: picturesFolder)
        do {
            if let stop = job.stop { throw stop }
            try await run.run()
            outcome = { job.finish(.succeeded) }
        } catch Job.Stop.cancelled {
            outcome = { job.finish(.cancelled) }
        } catch Job.Stop.shutdown where job.settings.onRestart == .resume {
            // Its record says that it is not over, which is what the next start goes by.
            outcome = { job.events.end() }
        } catch Job.Stop.shutdown {
            outcome = { job.finish(.failed, error: "the server stopped") }
        } catch {
            let reason = JobRegistry.text(of: error)
            outcome = { job.finish(.failed, error: reason) }
        }
        let record = run.record
        return { [weak self] in
            outcome()
            var record = record
            record.description = job.description
            await self?.keep(record)
            self?.forgetOldest()
        }
    }

    /// What a client is told of an error; a defect's own words are not for it.
    private static func text(of error: any Error) -> String {
        (error as? ServiceError)?.description ?? (error as? any ReferenceError)?.description
            ?? "an internal error occurred"
    }

    private func keep(_ record: JobRecord) async {
        // The job is over whether or not the disk can say so; after a restart it then counts as broken off.
        try? await ComputePool.shared.run { [storage] in
            try storage.write(record)
            if record.description.status.isFinal { storage.removeExamples(of: record.description.id) }
        }
    }

    /// Forgets jobs that have been over for long. The newest stays, so that no id comes twice.
    private func forgetOldest() {
        let old: [String] = state.withLock { state in
            let over = state.order.filter { state.jobs[$0]?.description.status.isFinal ?? true }
            let old = Array(over.prefix(max(0, over.count - JobRegistry.finishedMax)))
            for id in old { state.jobs[id] = nil }
            state.order.removeAll(where: old.contains)
            return old
        }
        for id in old { try? storage.remove(id) }
    }

    // MARK: Cancelling

    /// Ends a job at its next step; one that is over stays as it is.
    ///
    /// - Returns: the job when it is over.
    public func cancel(_ id: String) async throws -> JobDescription {
        let job = try job(id)
        job.requestStop(.cancelled)
        // One that has not begun need not wait for its turn.
        for line in state.withLock({ Array($0.lines.values) }) {
            guard let work = line.withdraw(job) else { continue }
            job.finish(.cancelled)
            var record = work.record
            record.description = job.description
            await keep(record)
        }
        var last = 0
        while !job.description.status.isFinal, let events = await job.events.next(after: last) {
            last = events.last?.number ?? last
        }
        return job.description
    }

    // MARK: Starting and stopping

    /// Brings the jobs back after those of the models: those that were not over go on or have failed, as was asked.
    ///
    /// - Returns: those that could not go on, and why.
    public func load() async -> [(id: String, reason: String)] {
        let records = (try? storage.records()) ?? []
        let sorted = records.map { (number: Int($0.description.id.dropFirst(4)) ?? 0, record: $0) }
            .sorted { ($0.number, $0.record.description.id) < ($1.number, $1.record.description.id) }
        state.withLock { $0.number = sorted.last?.number ?? 0 }
        var failures: [(String, String)] = []
        for (_, record) in sorted {
            do {
                try await bringBack(record)
            } catch {
                let reason = JobRegistry.text(of: error)
                await giveUp(record, reason)
                failures.append((record.description.id, reason))
            }
        }
        return failures
    }

    private func bringBack(_ record: JobRecord) async throws {
        var record = record
        let id = record.description.id
        record.runs += 1
        if record.description.status.isFinal {
            note(Job(record.description, record.settings, run: record.runs, time: models.time))
            return
        }
        guard record.settings.onRestart == .resume else {
            return await giveUp(record, "the server stopped before its end")
        }
        let name = record.description.model
        let model = try models.model(name)
        guard model.createdAt == record.modelCreatedAt else {
            throw ServiceError.conflict("model '\(name)' is not the one that the job began with")
        }
        let data: Data
        if let selection = record.selection {
            data = .selection(selection)
        } else {
            data = .examples(try await ComputePool.shared.run { [storage] in try storage.examples(of: id) })
        }
        let (examples, validation) = try await examples(record.settings, data, for: model)
        record.description.status = .queued
        let resumed = record
        _ = try await models.changing(name) { _, _ in
            try await self.enqueue(resumed, examples, validation, for: model, keepsData: false)
        }
    }

    private func giveUp(_ record: JobRecord, _ reason: String) async {
        var record = record
        record.description.status = .failed
        record.description.error = reason
        record.description.finishedAt = Timestamp.string(models.time.wallTime())
        note(Job(record.description, record.settings, run: record.runs, time: models.time))
        await keep(record)
    }

    private func note(_ job: Job) {
        state.withLock { state in
            guard state.jobs.updateValue(job, forKey: job.id) == nil else { return }
            state.order.append(job.id)
        }
    }

    /// Takes no new jobs and ends those that run, each at its next step.
    public func close() async {
        let lines = state.withLock { state in
            state.isClosed = true
            return Array(state.lines.values)
        }
        for line in lines { await line.stop(.shutdown) }
    }
}

extension Examples {
    /// These and then others.
    fileprivate func followed(by others: Examples?) throws -> Examples {
        guard let others else { return self }
        func joined(_ parts: [Tensor], _ more: [Tensor]) throws -> [Tensor] {
            try zip(parts, more).map { try Tensor.joiningRows([$0, $1]) }
        }
        return try Examples(
            inputs: joined(inputs, others.inputs), targets: joined(targets, others.targets),
            sampleWeights: joined(sampleWeights, others.sampleWeights))
    }
}
