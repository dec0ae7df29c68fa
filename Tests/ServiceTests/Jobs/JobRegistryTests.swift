import Checkpoints
import Formats
import TensorCore
import TestSupport
import Testing
import Training

@testable import Service

struct JobRegistryTests {
    let directory = TemporaryDirectory()

    /// A service of its own over the same directory, as after a start.
    final class Server: Sendable {
        let models: ModelRegistry
        let dataSets: DataSetRegistry
        let jobs: JobRegistry
        /// Kept as long as the server lives.
        private let directory: TemporaryDirectory

        init(_ directory: TemporaryDirectory, picturesFolder: String? = nil) async throws {
            self.directory = directory
            models = try ModelRegistry(directory: directory.path)
            dataSets = try DataSetRegistry(of: models)
            jobs = try JobRegistry(models, dataSets, picturesFolder: picturesFolder)
            #expect(await models.load().isEmpty)
        }

        func stop() async {
            await jobs.close()
            #expect(await models.close().isEmpty)
        }
    }

    private static func spec(_ training: JSONValue = adam) throws -> ModelSpec {
        try ModelSpec([
            "class_name": "Sequential",
            "config": [
                "layers": [
                    ["class_name": "Dense", "config": ["units": 4, "activation": "tanh", "input_shape": [2]]],
                    ["class_name": "Dense", "config": ["units": 1]],
                ]
            ],
            "seed": 1, "training": training,
        ])
    }

    private static let adam: JSONValue = [
        "optimizer": ["class_name": "Adam", "config": ["learning_rate": 0.01]], "loss": "mse", "metrics": ["mae"],
    ]

    private func examples(_ count: Int = 20) throws -> Examples {
        let x = sample([count, 2])
        let y = (0..<count).map { x.values[2 * $0] - 2 * x.values[2 * $0 + 1] }
        return try Examples(x, Tensor([count, 1], y))
    }

    private func settings(_ json: JSONValue) throws -> JobSettings { try JobSettings(json) }

    /// Waits for the end of a job.
    @discardableResult
    private func end(_ job: Job) async -> JobDescription {
        var last = 0
        while let events = await job.events.next(after: last) { last = events.last?.number ?? last }
        return job.description
    }

    /// A job that would go on for very long, once it has taken its first steps.
    private func longJob(_ server: Server, _ extra: [(String, JSONValue)] = []) async throws -> Job {
        let json = JSONObject([("epochs", 1_000_000), ("batch_size", 4)] + extra)
        let job = try await server.jobs.create("net", settings(.object(json)), .examples(examples()))
        _ = await job.events.next(after: 1)
        return job
    }

    // MARK: Training

    @Test func aJobTakesTheStepsThatTheSameBatchesTakeOneByOne() async throws {
        let server = try await Server(directory)
        let model = try await server.models.put("net", JobRegistryTests.spec()).model
        let other = try await server.models.put("other", JobRegistryTests.spec()).model
        let examples = try examples()
        let job = try await server.jobs.create(
            "net", settings(["epochs": 3, "batch_size": 8, "seed": 5]), .examples(examples))
        #expect(job.description.steps == 9)
        let done = await end(job)
        #expect(done.status == .succeeded && done.step == 9 && done.epoch == 3 && done.error == nil)
        for epoch in 0..<3 {
            let batches = try EpochBatches(examples, batchSize: 8, shuffledBy: 5, epoch: epoch)
            for number in 0..<batches.count { _ = try await other.train(batches.batch(number)) }
        }
        #expect(
            try await model.variables(withValues: true).map { $0.value?.values }
                == other.variables(withValues: true).map { $0.value?.values })
        #expect(model.store.step == 9)
        #expect(done.metrics.map(\.name) == ["mae"])
    }

    @Test func validationAndItsFiguresComeAtTheEndOfEachEpoch() async throws {
        let server = try await Server(directory)
        let model = try await server.models.put("net", JobRegistryTests.spec()).model
        let examples = try examples()
        let job = try await server.jobs.create(
            "net", settings(["epochs": 2, "batch_size": 5, "validation_split": 0.25]), .examples(examples))
        let done = await end(job)
        #expect(done.steps == 6 && done.metrics.map(\.name) == ["mae", "val_loss", "val_mae"])
        let judged = try await model.evaluate(examples.slice(15..<20))
        let value = try #require(done.metrics.first { $0.name == "val_loss" }?.value)
        #expect(abs(value - judged.loss) < 1e-6)
        let events = try #require(await job.events.next(after: 0))
        let epochs = events.compactMap { if case .epoch(let job) = $0.content { job.epoch } else { nil } }
        #expect(epochs == [1, 2])
    }

    @Test func earlyStoppingEndsTheJobAndBringsTheBestBack() async throws {
        let server = try await Server(directory)
        let wild: JSONValue = [
            "optimizer": ["class_name": "SGD", "config": ["learning_rate": 1.9]], "loss": "mse", "metrics": ["mae"],
        ]
        let model = try await server.models.put("net", JobRegistryTests.spec(wild)).model
        let examples = try examples()
        let job = try await server.jobs.create(
            "net",
            settings([
                "epochs": 50, "batch_size": 20, "nan_guard": "off", "shuffle": false, "validation_split": 0.5,
                "early_stopping": ["patience": 2, "restore_best_weights": true],
            ]), .examples(examples))
        let done = await end(job)
        #expect(done.status == .succeeded && done.epoch < 50)
        let events = try #require(await job.events.next(after: 0))
        let losses = events.compactMap { event -> Double? in
            guard case .epoch(let job) = event.content else { return nil }
            return job.metrics.first { $0.name == "val_loss" }?.value
        }
        let best = try #require(losses.min())
        #expect(losses.count >= 3 && losses.suffix(2).allSatisfy { $0 >= best })
        let judged = try await model.evaluate(examples.slice(10..<20))
        #expect(abs(judged.loss - best) < 1e-5 * max(1, best))
    }

    @Test func aMonitorThatTheJobDoesNotGiveIsRefusedAtOnce() async throws {
        let server = try await Server(directory)
        try await server.models.put("net", JobRegistryTests.spec())
        let job = try settings(["early_stopping": ["monitor": "val_mae"]])
        await #expect(
            throws: ServiceError.unfit("early_stopping.monitor is 'val_mae', but the job gives loss, mae")
        ) {
            try await server.jobs.create("net", job, .examples(examples()))
        }
        #expect(server.jobs.jobs().jobs.isEmpty)
    }

    @Test func checkpointsComeAsOftenAsAskedAndInTheEnd() async throws {
        let server = try await Server(directory)
        try await server.models.put("net", JobRegistryTests.spec())
        let job = try await server.jobs.create(
            "net", settings(["epochs": 2, "batch_size": 4, "checkpoint_every": 4]), .examples(examples()))
        #expect(await end(job).status == .succeeded)
        #expect(try server.models.checkpoints(of: "net").map(\.step) == [4, 8, 10])
    }

    // MARK: NaN

    private func poisoned() throws -> Examples {
        let good = try examples()
        var x = good.inputs[0].values
        x[31] = .nan
        return try Examples(Tensor([20, 2], x), good.targets[0])
    }

    @Test func aNaNStopsTheJobBeforeTheModelIsSpoilt() async throws {
        let server = try await Server(directory)
        let model = try await server.models.put("net", JobRegistryTests.spec()).model
        let job = try await server.jobs.create(
            "net", settings(["epochs": 2, "batch_size": 4, "shuffle": false]), .examples(poisoned()))
        let done = await end(job)
        #expect(done.status == .failed)
        #expect(done.error == "the loss of step 4 is not finite; the model stays at step 3")
        #expect(model.store.step == 3)
        #expect(
            try await model.variables(withValues: true).allSatisfy { $0.value?.values.allSatisfy(\.isFinite) == true })
    }

    @Test func aNaNRollsTheModelBackWhereThatWasAsked() async throws {
        let server = try await Server(directory)
        let model = try await server.models.put("net", JobRegistryTests.spec()).model
        _ = try await model.train(examples())
        let before = try await model.variables(withValues: true).map { $0.value?.values }
        let job = try await server.jobs.create(
            "net", settings(["batch_size": 4, "shuffle": false, "nan_guard": "roll_back"]), .examples(poisoned()))
        let done = await end(job)
        #expect(done.error == "the loss of step 5 is not finite; the model went back to step 1")
        #expect(model.store.step == 1)
        #expect(try await model.variables(withValues: true).map { $0.value?.values } == before)
        _ = try await model.train(examples())
    }

    // MARK: What else may happen meanwhile

    @Test func whileAJobRunsOthersMayLookButNotChange() async throws {
        let server = try await Server(directory)
        let model = try await server.models.put("net", JobRegistryTests.spec()).model
        _ = try await server.models.saveCheckpoint(of: "net", id: "first")
        let job = try await longJob(server)
        func isConflict(_ body: () async throws -> Void) async -> Bool {
            do {
                try await body()
                return false
            } catch ServiceError.conflict(let message) {
                return message.contains("job '\(job.id)'")
            } catch {
                return false
            }
        }
        #expect(await isConflict { _ = try await model.train(examples()) })
        #expect(await isConflict { _ = try await model.assign(Tensor([1], [1]), to: "net/dense_1/bias:0") })
        #expect(await isConflict { _ = try await server.models.restore("net", checkpoint: "first") })
        #expect(await isConflict { try await server.models.put("net", JobRegistryTests.spec()) })
        #expect(await isConflict { _ = try await server.models.change("net", by: ["training": nil]) })

        _ = try await model.call([sample([3, 2])])
        _ = try await model.evaluate(examples())
        _ = try await model.gradients(examples(), of: Model.GradientSources())
        _ = try await model.variables(withValues: true)
        _ = try await server.models.saveCheckpoint(of: "net", id: "meanwhile")
        _ = try await server.models.copy("net", to: "copy")

        #expect(try await server.jobs.cancel(job.id).status == .cancelled)
        #expect(try await server.jobs.cancel(job.id).status == .cancelled)
        _ = try await model.train(examples())
        _ = try await server.models.restore("net", checkpoint: "first")
    }

    @Test func deletingAModelCancelsItsJobs() async throws {
        let server = try await Server(directory)
        try await server.models.put("net", JobRegistryTests.spec())
        let first = try await longJob(server)
        let second = try await server.jobs.create("net", settings([:]), .examples(examples()))
        #expect(second.description.status == .queued)
        try await server.models.delete("net")
        #expect(first.description.status == .cancelled && second.description.status == .cancelled)
        #expect(throws: ServiceError.noSuchModel("net")) { try server.models.model("net") }
    }

    @Test func trainsAModelOfOneBatchSizeOnDataOfMany() async throws {
        let server = try await Server(directory)
        let input: JSONValue = ["class_name": "InputLayer", "config": ["batch_shape": [5, 2]]]
        let dense: JSONValue = ["class_name": "Dense", "config": ["units": 1]]
        try await server.models.put(
            "net",
            ModelSpec([
                "class_name": "Sequential", "config": ["layers": [input, dense]], "training": JobRegistryTests.adam,
            ]))
        let job = try await server.jobs.create("net", settings(["batch_size": 5]), .examples(examples()))
        #expect(await end(job).status == .succeeded)
        #expect(try await server.models.model("net").evaluate(examples(), batchSize: 5).step == 4)
        for (size, found) in [(4, "[4, 2]"), (50, "[20, 2]")] {
            await #expect {
                try await server.jobs.create("net", settings(["batch_size": .integer(size)]), .examples(examples()))
            } throws: { error in
                "\(error)".contains("inputs has shape \(found) but ") && "\(error)".contains("expects [5, 2]")
            }
        }
    }

    @Test func drawsWhatItLearnsForTensorBoard() async throws {
        let server = try await Server(directory, picturesFolder: directory.path + "/pictures")
        try await server.models.put("net", JobRegistryTests.spec())
        let asked: JSONValue = ["epochs": 2, "batch_size": 5, "validation_split": 0.25]
        let job = try await server.jobs.create("net", settings(asked), .examples(examples()))
        #expect(await end(job).status == .succeeded)
        for part in ["train", "validation"] {
            let folder = directory.path + "/pictures/\(job.id)/\(part)"
            let name = try #require(try LocalFileSystem().list(folder).first)
            #expect(name.hasPrefix("events.out.tfevents.") && name.hasSuffix(".1"))
            let bytes = try LocalFileSystem().contents("\(folder)/\(name)", bytesMax: 1 << 20)
            let texts = try TFRecord.read(ByteRegion(copying: bytes)).map {
                $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            }
            #expect(texts.filter { $0.contains("epoch_loss") && $0.contains("epoch_mae") }.count == 2)
            #expect(texts.contains { $0.contains("epoch_learning_rate") } == (part == "train"))
        }
    }

    @Test func aQueuedJobRunsAfterTheFirst() async throws {
        let server = try await Server(directory)
        let model = try await server.models.put("net", JobRegistryTests.spec()).model
        let first = try await longJob(server)
        let second = try await server.jobs.create("net", settings(["batch_size": 10]), .examples(examples()))
        let third = try await server.jobs.create("net", settings(["batch_size": 10]), .examples(examples()))
        #expect(server.jobs.jobs().jobs.map(\.id) == [first.id, second.id, third.id])
        let page = server.jobs.jobs(after: first.id, limit: 1)
        #expect(page.jobs.map(\.id) == [second.id] && page.hasMore)
        #expect(!server.jobs.jobs(of: "net", after: first.id, limit: 2).hasMore)
        #expect(server.jobs.jobs(of: "other").jobs.isEmpty)
        #expect(try await server.jobs.cancel(third.id).status == .cancelled)
        #expect(first.description.status == .running && second.description.status == .queued)
        _ = try await server.jobs.cancel(first.id)
        #expect(await end(second).status == .succeeded)
        #expect(await end(third).status == .cancelled)
        #expect(await model.core.holder == nil || server.jobs.jobs().jobs.allSatisfy(\.status.isFinal))
    }

    @Test func jobsOfUnknownIdsAndModelsAreRefused() async throws {
        let server = try await Server(directory)
        #expect(throws: ServiceError.noSuchJob("job-9")) { try server.jobs.job("job-9") }
        await #expect(throws: ServiceError.noSuchModel("net")) {
            try await server.jobs.create("net", settings([:]), .examples(examples()))
        }
        try await server.models.put("net", JobRegistryTests.spec(nil))
        await #expect(throws: ServiceError.self) {
            try await server.jobs.create("net", settings([:]), .examples(examples()))
        }
        let data = try DataSelection(["dataset": "none"])
        await #expect(throws: ServiceError.noSuchDataSet("none")) {
            try await server.jobs.create("net", settings([:]), .selection(data))
        }
    }

    // MARK: Restart

    @Test func aJobThatTheServerBrokeOffHasFailedAfterARestart() async throws {
        let step: Int64
        do {
            let server = try await Server(directory)
            let model = try await server.models.put("net", JobRegistryTests.spec()).model
            let job = try await longJob(server)
            await server.stop()
            #expect(job.description.status == .failed && job.description.error == "the server stopped")
            step = model.store.step
            await #expect(throws: ServiceError.stopping) {
                try await server.jobs.create("net", settings([:]), .examples(examples()))
            }
        }
        let server = try await Server(directory)
        #expect(await server.jobs.load().isEmpty)
        let job = try #require(server.jobs.jobs().jobs.first)
        #expect(job.status == .failed && job.id == "job-1")
        // What it had trained was saved.
        #expect(try server.models.model("net").store.step == step)
        let next = try await server.jobs.create("net", settings([:]), .examples(examples()))
        #expect(next.id == "job-2")
        #expect(await end(next).status == .succeeded)
    }

    @Test(arguments: [true, false])
    func aJobThatIsToResumeEndsAsIfNothingHadHappened(drains: Bool) async throws {
        let settings = try settings([
            "epochs": 40, "batch_size": 3, "checkpoint_every": 20, "on_restart": "resume", "validation_split": 0.2,
        ])
        var expected: [[Float]?] = []
        do {
            let elsewhere = TemporaryDirectory()
            let whole = try await Server(elsewhere)
            let model = try await whole.models.put("net", JobRegistryTests.spec()).model
            _ = try await model.train(examples())
            #expect(await end(try await whole.jobs.create("net", settings, .examples(examples()))).status == .succeeded)
            expected = try await model.variables(withValues: true).map { $0.value?.values }
            withExtendedLifetime(elsewhere) {}
        }
        do {
            let server = try await Server(directory)
            let model = try await server.models.put("net", JobRegistryTests.spec()).model
            _ = try await model.train(examples())
            let job = try await server.jobs.create("net", settings, .examples(examples()))
            // Wherever it is broken off, it goes on from there.
            var last = 0
            while job.description.step < 20, let events = await job.events.next(after: last) {
                last = events.last?.number ?? last
            }
            if drains {
                await server.stop()
            } else {
                // As if the process had ended: nothing more is saved.
                await server.jobs.close()
            }
            #expect(job.description.step >= 20)
        }
        let server = try await Server(directory)
        #expect(await server.jobs.load().isEmpty)
        let job = try server.jobs.job("job-1")
        #expect(job.run == 2)
        let done = await end(job)
        #expect(done.status == .succeeded && done.step == 240 && done.epoch == 40)
        let model = try server.models.model("net")
        #expect(model.store.step == 241)
        #expect(try await model.variables(withValues: true).map { $0.value?.values } == expected)
    }

    @Test func aJobWhoseModelIsGoneCannotResume() async throws {
        do {
            let server = try await Server(directory)
            try await server.models.put("net", JobRegistryTests.spec())
            _ = try await longJob(server, [("on_restart", "resume")])
            await server.stop()
            try await server.models.delete("net")
        }
        let server = try await Server(directory)
        #expect(await server.jobs.load().map(\.reason) == ["there is no model 'net'"])
        #expect(server.jobs.jobs().jobs.map(\.status) == [.failed])
    }
}
