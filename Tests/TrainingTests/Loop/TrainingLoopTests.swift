import Layers
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Training

struct TrainingLoopTests {
    private let x = sample([20, 3])
    private var y: Tensor { get throws { try sum(x, axis: -1, keepingDimension: true) * 0.5 } }

    private func loop(
        _ optimizer: Optimizer = Optimizer(KerasAdam(), learningRate: 0.05), metrics: [any Metric] = [],
        weightedMetrics: [any Metric] = [], dropout: Double = 0, seed: UInt64 = 5
    ) throws -> TrainingLoop {
        try trainingLoop(optimizer, metrics: metrics, weightedMetrics: weightedMetrics, dropout: dropout, seed: seed)
    }

    @Test func learnsAndLogsEachEpoch() throws {
        let loop = try loop(metrics: [LossMetric(MeanAbsoluteError(), name: "mae")])
        let history = try loop.fit(Examples(x, y), epochs: 30, batchSize: 4, validation: .share(0.2))
        #expect(history.epochs.map(\.number) == Array(0..<30))
        #expect(history.last.entries.map(\.name) == ["loss", "mae", "val_loss", "val_mae"])
        #expect(history["loss"][29] < history["loss"][0] / 20)
        #expect(loop.network.variableStore.step == 30 * 4)
    }

    @Test func evaluatesAndPredictsWithoutChangingAnything() throws {
        let loop = try loop()
        let examples = try Examples(x, y)
        let answers = try loop.predict(x, batchSize: 7)
        let logs = try loop.evaluate(examples, batchSize: 6)
        let expected = try MeanSquaredError()(y, answers).values[0]
        #expect(abs((logs["loss"] ?? .nan) - Double(expected)) < 1e-6)
        #expect(try loop.predict(x, batchSize: 20).values == answers.values)
        #expect(try loop.testOnBatch(examples)["loss"].map { abs($0 - Double(expected)) < 1e-6 } == true)
        #expect(loop.network.variableStore.step == 0)
    }

    @Test func weighsBatchesByTheirExamples() throws {
        // The last batch has two examples; with a rate of zero the epoch's loss is that of all examples.
        let loop = try loop(Optimizer(GradientDescent(), learningRate: 0))
        let examples = try Examples(x, y)
        let loss = try loop.fit(examples, epochs: 1, batchSize: 6).last["loss"]
        let whole = try loop.evaluate(examples, batchSize: 20)["loss"]
        #expect(abs((loss ?? 0) - (whole ?? .nan)) < 1e-6)
    }

    @Test func sampleWeightsCountInLossAndWeightedMetrics() throws {
        let weights = Tensor([20], (0..<20).map { $0 < 10 ? 1 : 0 })
        let loop = try loop(
            Optimizer(GradientDescent(), learningRate: 0), metrics: [LossMetric(MeanSquaredError(), name: "plain")],
            weightedMetrics: [LossMetric(MeanSquaredError(), name: "weighted")])
        let logs = try loop.trainOnBatch(Examples(x, y, sampleWeights: weights))
        let half = try loop.testOnBatch(Examples(x, y).slice(0..<10))
        #expect(abs((logs["weighted"] ?? 0) - (half["plain"] ?? .nan)) < 1e-6)
        #expect(abs((logs["loss"] ?? 0) * 2 - (half["plain"] ?? .nan)) < 1e-6)
        #expect(logs["plain"] != logs["weighted"])
    }

    @Test func goesOnAfterTheEpochsThatWere() throws {
        let (whole, parts) = (try loop(dropout: 0.5), try loop(dropout: 0.5))
        let examples = try Examples(x, y)
        try whole.fit(examples, epochs: 4, batchSize: 8)
        try parts.fit(examples, epochs: 2, batchSize: 8)
        try parts.fit(examples, epochs: 4, batchSize: 8, firstEpoch: 2)
        #expect(try bits(of: whole) == bits(of: parts))
    }

    @Test func refusesWhatCannotBeLearned() throws {
        let loop = try loop()
        let examples = try Examples(x, y)
        #expect(throws: TrainingError.self) { try loop.fit(examples, epochs: 1, batchSize: 0) }
        #expect(throws: TrainingError.self) { try loop.fit(examples, epochs: 1, validation: .share(1)) }
        #expect(throws: (any Error).self) { try loop.trainOnBatch(Examples(x, sample([20, 2]))) }
        #expect(throws: TrainingError.self) { try loop.fit(examples.slice(0..<0), epochs: 1) }
        let scheduled = try self.loop(
            Optimizer(GradientDescent(), learningRate: .schedule(CosineDecay(0.1, decaySteps: 3))))
        #expect(throws: TrainingError.self) { try scheduled.setLearningRate(1) }
    }

    /// The same seed gives the same weights after a hundred steps: run again, and on one thread and on two.
    @Test func isRepeatable() throws {
        func weights(threads: Int) throws -> [[UInt32]] {
            let before = ComputePool.shared.threads
            ComputePool.shared.threads = threads
            defer { ComputePool.shared.threads = before }
            let loop = try trainingLoop(
                Optimizer(KerasAdam(), learningRate: 0.01), dropout: 0.2, hidden: 512, seed: 9)
            // Large enough that products are shared out among threads.
            try loop.fit(Examples(sample([512, 128]), sample([512, 1])), epochs: 50, batchSize: 256)
            #expect(loop.network.variableStore.step == 100)
            return try bits(of: loop)
        }
        let one = try weights(threads: 1)
        #expect(try weights(threads: 2) == one)
        #expect(try weights(threads: 1) == one)
    }
}

/// A small network with first values that follow from a seed, to be trained on squared errors.
func trainingLoop(
    _ optimizer: Optimizer, metrics: [any Metric] = [], weightedMetrics: [any Metric] = [], dropout: Double = 0,
    hidden: Int = 8, seed: UInt64 = 5
) throws -> TrainingLoop {
    let network = try Context(names: NameRegistry(seed: 3).names()).bind {
        try Sequential([Dense(hidden, activation: .tanh), Dropout(dropout), Dense(1)], name: "net")
    }
    return try TrainingLoop(
        network, loss: MeanSquaredError(), optimizer: optimizer, metrics: metrics, weightedMetrics: weightedMetrics,
        seed: seed)
}

/// All weights and all state of the optimizer, bit by bit.
func bits(of loop: TrainingLoop) throws -> [[UInt32]] {
    try (loop.network.variables + loop.optimizer.variables).filter { $0.dtype == .float32 }.map { variable in
        try variable.storedValue.values.map(\.bitPattern)
    }
}
