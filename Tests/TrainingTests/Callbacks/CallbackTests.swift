import Checkpoints
import Formats
import Layers
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Training

/// Callbacks at work in a fit that is told what to log.
struct CallbackTests {
    private let examples: Examples
    init() throws { examples = try Examples(sample([8, 3]), sample([8, 1])) }

    private func loop(rate: LearningRate = 0.1) throws -> TrainingLoop {
        try trainingLoop(Optimizer(GradientDescent(), learningRate: rate))
    }

    /// Hands a callback the values of `val_loss`, epoch by epoch, until it stops the run.
    private func tell(
        _ callback: some TrainingCallback, _ values: [Double], _ loop: TrainingLoop
    ) throws -> TrainingRun {
        let run = TrainingRun(loop, epochs: values.count, firstEpoch: 0)
        try callback.trainingBegins(run)
        for (epoch, value) in values.enumerated() where !run.isStopping {
            run.begin(epoch, batchCount: 1)
            try callback.epochBegins(epoch, run)
            try callback.epochEnds(epoch, Logs([("loss", 2 * value), ("val_loss", value)]), run)
            // Something changes from epoch to epoch.
            try loop.trainOnBatch(examples)
        }
        try callback.trainingEnds(run)
        return run
    }

    @Test func earlyStoppingBringsTheBestWeightsBack() throws {
        let loop = try loop()
        try loop.trainOnBatch(examples)
        let stopping = EarlyStopping(patience: 2, restoresBestWeights: true)
        let best = try bits(of: loop)
        let run = try tell(stopping, [1, 2, 3, 4], loop)
        #expect(stopping.stoppedEpoch == 2 && run.isStopping && stopping.rule.bestEpoch == 0)
        // One step was taken after the weights were restored, as the helper does after every epoch.
        let other = try self.loop()
        try other.trainOnBatch(examples)
        #expect(try bits(of: other) == best)
        try other.trainOnBatch(examples)
        #expect(try bits(of: other) == bits(of: loop))
    }

    @Test func earlyStoppingEndsAFit() throws {
        let stopping = EarlyStopping(monitor: "loss", goal: .maximum, patience: 1)
        let history = try loop().fit(examples, epochs: 20, callbacks: [stopping])
        #expect(history.epochs.count == 2 && stopping.stoppedEpoch == 1)
    }

    @Test func whatIsNotLoggedCannotBeMonitored() throws {
        do {
            try loop().fit(examples, epochs: 1, callbacks: [EarlyStopping(monitor: "val_accuracy")])
            Issue.record("was taken")
        } catch { #expect("\(error)".contains("'val_accuracy'") && "\(error)".contains("loss")) }
    }

    @Test func reducesTheRateOnAPlateau() throws {
        let loop = try loop()
        let reduction = try ReduceOnPlateau(factor: 0.5, patience: 2, cooldown: 1, rateMin: 0.03)
        _ = try tell(reduction, [1, 1, 1], loop)
        #expect(loop.learningRate == 0.05)
        _ = try tell(reduction, [1, 1, 1, 1, 1, 1, 1, 1], loop)
        #expect(loop.learningRate == 0.03)
        #expect(throws: TrainingError.self) { try ReduceOnPlateau(factor: 1) }
        #expect(throws: TrainingError.self) {
            try tell(reduction, [1, 1, 1], self.loop(rate: .schedule(CosineDecay(0.1, decaySteps: 9))))
        }
    }

    @Test func endsOnWhatIsNotANumber() throws {
        let guarding = TerminateOnNaN()
        let history = try trainingLoop(Optimizer(GradientDescent(), learningRate: 1e30)).fit(
            examples, epochs: 9, batchSize: 4, callbacks: [guarding])
        #expect(guarding.batch != nil && history.epochs.count <= 4)
    }

    @Test func setsTheRateOfEachEpoch() throws {
        let loop = try loop()
        var rates: [Double] = []
        try loop.fit(
            examples, epochs: 3,
            callbacks: [
                RateSchedule { epoch, rate in epoch == 0 ? rate : rate / 2 },
                CallbackFunctions(onEpochEnd: { _, _, run in rates.append(run.loop.learningRate) }),
            ])
        #expect(rates == [0.1, 0.05, 0.025])
    }

    @Test func writesALineForEachEpoch() throws {
        let folder = TemporaryDirectory()
        let path = folder.path + "/logs/fit.csv"
        _ = try tell(CSVLog(path), [1, 0.5], loop())
        func lines() throws -> [Substring] {
            String(decoding: try Goldens.bytes(path), as: UTF8.self).split(separator: "\n")
        }
        #expect(try lines() == ["epoch,loss,val_loss", "0,2.0,1.0", "1,1.0,0.5"])
        _ = try tell(CSVLog(path, appends: true), [0.25], loop())
        #expect(try lines() == ["epoch,loss,val_loss", "0,2.0,1.0", "1,1.0,0.5", "0,0.5,0.25"])
        _ = try tell(CSVLog(path, separator: ";"), [0.25], loop())
        #expect(try lines() == ["epoch;loss;val_loss", "0;0.5;0.25"])
    }

    @Test func writesEventsThatTensorBoardReads() throws {
        let folder = TemporaryDirectory()
        let log = TensorBoardLog(folder.path, histogramEpochs: 1, host: "host", clock: { 1_700_000_000.5 })
        _ = try tell(log, [1, 0.5], loop())
        for part in ["train", "validation"] {
            let file = try Goldens.bytes("\(folder.path)/\(part)/events.out.tfevents.1700000000.host")
            let records = try TFRecord.read(ByteRegion(copying: file))
            // The version, and one record for each epoch.
            #expect(records.count == 3)
            let text = records.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
            #expect(text[0].contains("brain.Event:2") && text[1].contains("epoch_loss"))
            #expect(text[1].contains("epoch_learning_rate") == (part == "train"))
            #expect(text[2].contains("net/dense/kernel") == (part == "train"))
        }
    }

    @Test func savesCheckpointsThatAFitGoesOnFrom() throws {
        let folder = TemporaryDirectory()
        func adam() throws -> TrainingLoop { try trainingLoop(Optimizer(Adam(), learningRate: 0.1), dropout: 0.3) }
        let whole = try adam()
        try whole.fit(examples, epochs: 4, batchSize: 3)
        let saving = CheckpointCallback(folder.path + "/net")
        let first = try adam()
        try first.fit(examples, epochs: 2, batchSize: 3, callbacks: [saving])
        let path = try #require(saving.lastPath)
        #expect(path.hasSuffix("/net-6"))

        let second = try adam()
        // One step makes the variables and the slots; the checkpoint takes it back.
        try second.trainOnBatch(examples)
        try Saver(second.network.variables + second.optimizer.variables).restore(path)
        second.network.variableStore.publish([], step: 6)
        try second.fit(examples, epochs: 4, batchSize: 3, firstEpoch: 2)
        #expect(try bits(of: second) == bits(of: whole))
    }

    @Test func savesOnlyWhatIsTheBest() throws {
        let folder = TemporaryDirectory()
        let saving = CheckpointCallback(folder.path + "/net", savingBestOf: "val_loss", savesWeightsOnly: true)
        let loop = try loop()
        try loop.trainOnBatch(examples)
        _ = try tell(saving, [3, 2, 5, 4], loop)
        let names = try LocalFileSystem().list(folder.path).filter { $0.hasSuffix(".index") }.sorted()
        #expect(names.count == 2 && saving.lastPath?.hasSuffix("-2") == true)
    }
}
