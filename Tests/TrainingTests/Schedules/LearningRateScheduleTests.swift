import Formats
import Operators
import TensorCore
import Testing

@testable import Training

struct LearningRateScheduleTests {
    private func schedule(_ name: String, _ config: JSONValue) throws -> any LearningRateSchedule {
        try TrainingCatalog.schedule(["class_name": .string(name), "config": config], path: "optimizer.learning_rate")
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test func fallsByAHalfInEachPeriod() {
        let decay = ExponentialDecay(1, decaySteps: 2, decayRate: 0.25)
        #expect([0, 1, 2, 4].map { decay.rate(at: $0) } == [1, 0.5, 0.25, 0.0625])
        let stairs = ExponentialDecay(1, decaySteps: 2, decayRate: 0.25, staircase: true)
        #expect([0, 1, 2, 3].map { stairs.rate(at: $0) } == [1, 1, 0.25, 0.25])
    }

    @Test func risesInALineBeforeTheCosine() {
        let decay = CosineDecay(0, decaySteps: 10, alpha: 0.5, warmupTarget: 1, warmupSteps: 4)
        #expect([0, 1, 2, 4].map { decay.rate(at: $0) } == [0, 0.25, 0.5, 1])
        #expect(abs(decay.rate(at: 9) - 0.75) < 1e-6)
        #expect(decay.rate(at: 14) == 0.5 && decay.rate(at: 1000) == 0.5)
    }

    @Test func warmsUpBeforeAnyOther() throws {
        let decay = try schedule(
            "WarmUp",
            [
                "warmup_steps": 4,
                "schedule": [
                    "class_name": "inverse_time_decay",
                    "config": ["learning_rate": 1, "decay_steps": 1, "decay_rate": 1],
                ],
            ])
        #expect([0, 2, 4, 5].map { decay.rate(at: $0) } == [0, 0.5, 1, 0.5])
    }

    /// The numbers are torch's.
    @Test(arguments: [
        (OneCycle(0.5, totalSteps: 20), [0.02, 0.334_164_08, 0.5, 0.358_471_5, 0.094_129_17, 2e-6]),
        (OneCycle(0.5, totalSteps: 20, hasThreePhases: true), [0.02, 0.334_164_08, 0.5, 0.02, 0.008_264_69, 2e-6]),
        (
            OneCycle(0.5, totalSteps: 20, riseShare: 0.5, startDivisor: 10, endDivisor: 100, annealing: .linear),
            [0.05, 0.2, 0.3, 0.450_05, 0.2003, 0.0005]
        ),
    ])
    func goesUpAndDownOnce(cycle: OneCycle, expected: [Double]) {
        for (step, rate) in zip([0, 3, 5, 10, 15, 19] as [Int64], expected) {
            #expect(abs(Double(cycle.rate(at: step)) - rate) < 1e-7, "at step \(step)")
        }
        #expect(cycle.rate(at: 1000) == cycle.rate(at: 19))
    }

    @Test func noiseFollowsFromSeedAndStep() {
        let base = LinearCosineDecay(0.1, decaySteps: 1000)
        let noisy = NoisyLinearCosineDecay(base, seed: 3)
        #expect((0..<20).map { noisy.rate(at: $0) } == (0..<20).map { noisy.rate(at: $0) })
        #expect(noisy.rate(at: 5) != NoisyLinearCosineDecay(base, seed: 4).rate(at: 5))
        // The noise of step 0 has a variance of one: over many seeds its mean is near zero.
        let differences = (0..<4000).map { seed in
            Double(NoisyLinearCosineDecay(base, seed: seed).rate(at: 0) - base.rate(at: 0)) / 0.1
        }
        let mean = differences.reduce(0, +) / 4000
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
        #expect(abs(mean) < 0.05 && abs(variance - 1) < 0.1)
        #expect(NoisyLinearCosineDecay(base, initialVariance: 0).rate(at: 7) == base.rate(at: 7))
    }

    @Test func isATensorInAGraphToo() throws {
        let decay = PolynomialDecay(1, decaySteps: 4, endRate: 0)
        #expect(try decay(Tensor([], [Int64(1)])).values == [0.75])
        let graph = Graph()
        let step = try graph.placeholder(TensorSpec([], .int64))
        let rate = try graph.asDefault { try decay(step) }
        #expect(try Session(graph).run([rate], feeding: [(step, Tensor([], [Int64(3)]))])[0].values == [0.25])
    }

    @Test func refusesWhatMakesNoSense() throws {
        #expect(throws: TrainingError.self) { try PiecewiseConstantDecay(boundaries: [1, 2], values: [1, 2]) }
        #expect(throws: TrainingError.self) { try PiecewiseConstantDecay(boundaries: [2, 1], values: [1, 2, 3]) }
        let zero = message { _ = try schedule("CosineDecay", ["initial_learning_rate": 1, "decay_steps": 0]) }
        #expect(zero.contains("optimizer.learning_rate.config.decay_steps") && zero.contains("above zero"))
        let misspelt = message {
            _ = try schedule("CosineDecay", ["initial_learning_rate": 1, "decay_steps": 2, "alfa": 0.1])
        }
        #expect(misspelt.contains("alfa"))
        #expect(message { _ = try schedule("CosinDecay", [:]) }.contains("CosineDecayRestarts"))
        #expect(
            message { _ = try schedule("OneCycle", ["max_lr": 1, "total_steps": 9, "pct_start": 2]) }.contains(
                "pct_start"))
    }
}
