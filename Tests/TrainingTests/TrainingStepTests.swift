import Layers
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Training

struct TrainingStepTests {
    /// Two layers with fixed weights, so that every run begins alike.
    private func network() throws -> Network {
        try Context(names: NameRegistry(seed: 3).names()).bind {
            try Sequential([Dense(4, activation: .tanh), Dense(2)], name: "net")
        }
    }

    private let x = sample([5, 3])
    private let y = sample([5, 2], scale: 0.5)

    private func step(
        _ network: Network, _ optimizer: Optimizer, sampleWeights: [TensorSpec] = []
    ) throws -> TrainingStep {
        try Context(names: NameRegistry(seed: 3).names()).bind {
            try TrainingStep(
                network, Objective(MeanSquaredError()), optimizer, inputs: [TensorSpec([nil, 3])],
                targets: [TensorSpec([nil, 2])], sampleWeights: sampleWeights)
        }
    }

    /// Weights after some steps, by a tape, and by a traced step.
    @Test(arguments: ["GradientDescentOptimizer", "AdamOptimizer", "Adam", "SGD"])
    func doesWhatTheOptimizerDoesEagerly(name: String) throws {
        func optimizer() throws -> Optimizer {
            try TrainingCatalog.optimizer(
                ["class_name": .string(name), "config": ["learning_rate": 0.05]], path: "optimizer")
        }
        let traced = try network()
        let step = try step(traced, optimizer())
        let start = try traced.variables.map { try $0.storedValue }

        let eager = try network()
        _ = try Context(names: NameRegistry(seed: 3).names()).bind { try eager(x) }
        for (variable, value) in zip(eager.variables, start) { try variable.assign(value) }
        let eagerOptimizer = try optimizer()
        for index in 0..<4 {
            let loss = try MeanSquaredError()(y, eager(x)).values[0]
            try eagerOptimizer.minimize { try MeanSquaredError()(y, eager(x)) }
            let result = try step([x], [y])
            #expect(abs(result.loss - Double(loss)) < 1e-6)
            #expect(result.step == Int64(index + 1))
        }
        for (left, right) in zip(traced.variables, eager.variables) {
            for (a, b) in try zip(left.storedValue.values, right.storedValue.values) { #expect(abs(a - b) < 1e-6) }
        }
    }

    @Test func lowersTheLossAndRaisesStepAndVersion() throws {
        let network = try network()
        let step = try step(network, Optimizer(Momentum(), learningRate: 0.1))
        let first = try step([x], [y])
        var last = first
        for _ in 0..<50 { last = try step([x], [y]) }
        #expect(last.loss < first.loss / 2)
        #expect(last.step == 51 && step.store.step == 51)
        #expect(last.version > first.version)
        #expect(last.outputs[0].shape == [5, 2])
    }

    @Test func weighsExamples() throws {
        let network = try network()
        let step = try step(network, Optimizer(GradientDescent()), sampleWeights: [TensorSpec([nil])])
        let weighted = try step([x], [y], sampleWeights: [Tensor([5], [0, 0, 1, 0, 0])])
        let output = weighted.outputs[0].values
        let errors = zip(output[4..<6], y.values[4..<6]).map { Double($0 - $1) }
        let expected = (errors[0] * errors[0] + errors[1] * errors[1]) / 2 / 5
        #expect(abs(weighted.loss - expected) < 1e-6)
    }

    @Test func tellsHowLargeItsGradientsWere() throws {
        let network = try network()
        let clipped = Optimizer(GradientDescent(), learningRate: 0.1, clipping: .globalNorm(0.001))
        let step = try Context(names: NameRegistry(seed: 3).names()).bind {
            try TrainingStep(
                network, Objective(MeanSquaredError()), clipped, inputs: [TensorSpec([nil, 3])],
                targets: [TensorSpec([nil, 2])], sampleWeights: [TensorSpec([nil])], measuresGradientNorm: true)
        }
        let weights = Tensor([5], [0, 1, 2, 0.5, 1])
        let slopes = try GradientStep(
            network, Objective(MeanSquaredError()), inputs: step.inputs, targets: step.targets,
            sampleWeights: step.sampleWeights)([x], [y], sampleWeights: [weights], on: step.store.lease())
        let squares = slopes.variables.flatMap(\.values).map { Double($0) * Double($0) }.reduce(0, +)
        let result = try step([x], [y], sampleWeights: [weights])
        #expect(result.loss == slopes.loss)
        #expect(abs(try #require(result.gradientNorm) - squares.squareRoot()) < 1e-5)
        #expect(result.outputs[0].shape == [5, 2])
        #expect(try self.step(network, clipped)([x], [y]).gradientNorm == nil)
    }

    @Test func followsAScheduleWithoutBeingTracedAnew() throws {
        let network = try network()
        let schedule = ExponentialDecay(0.1, decaySteps: 1, decayRate: 0)
        let step = try step(network, Optimizer(GradientDescent(), learningRate: .schedule(schedule)))
        try step([x], [y])
        let before = try network.variables.map { try $0.storedValue.values }
        // The rate is nothing from the second step on.
        try step([x], [y])
        #expect(try network.variables.map { try $0.storedValue.values } == before)
    }

    @Test func takesAnotherLearningRate() throws {
        let network = try network()
        let step = try step(network, Optimizer(GradientDescent(), learningRate: 0.1))
        try step([x], [y])
        let before = try network.variables.map { try $0.storedValue.values }
        step.learningRate = 0
        try step([x], [y])
        #expect(try network.variables.map { try $0.storedValue.values } == before)
        #expect(step.learningRate == 0)
    }

    @Test func addsThePenaltiesOfLayers() throws {
        let network = try Context(names: NameRegistry(seed: 3).names()).bind {
            try Sequential([Dense(2, kernelRegularizer: .l2(0.5))], name: "net")
        }
        let step = try step(network, Optimizer(GradientDescent(), learningRate: 0))
        let result = try step([x], [y])
        let penalty = try network.variables[0].storedValue.values.reduce(0) { $0 + 0.5 * Double($1 * $1) }
        #expect(abs(result.loss - result.losses[0]) < 1e-9)
        let errors = zip(result.outputs[0].values, y.values).map { Double(($0 - $1) * ($0 - $1)) }
        #expect(abs(result.loss - errors.reduce(0, +) / 10 - penalty) < 1e-5)
    }

    @Test func refusesTensorsThatDoNotFitAndChangesNothing() throws {
        let network = try network()
        let step = try step(network, Optimizer(GradientDescent()))
        let version = step.store.version
        #expect(throws: TensorError.self) { try step([x], [Tensor([5, 3], Array(repeating: 0, count: 15))]) }
        #expect(throws: TensorError.self) { try step([x], []) }
        #expect(step.store.version == version && step.store.step == 0)
    }

    @Test func evaluationAndGradientsChangeNothing() throws {
        let network = try network()
        let training = try step(network, Optimizer(GradientDescent(), learningRate: 0))
        let (specs, targets) = ([TensorSpec([nil, 3])], [TensorSpec([nil, 2])])
        let evaluation = try EvaluationStep(network, Objective(MeanSquaredError()), inputs: specs, targets: targets)
        let gradient = try GradientStep(
            network, Objective(MeanSquaredError()), inputs: specs, targets: targets, includingInputs: true)
        let trained = try training([x], [y])
        let version = training.store.version
        let lease = training.store.lease()
        let evaluated = try evaluation([x], [y], on: lease)
        let slopes = try gradient([x], [y], on: lease)
        #expect(evaluated.loss == trained.loss && slopes.loss == trained.loss)
        #expect(evaluated.outputs[0].values == trained.outputs[0].values)
        #expect(slopes.variables.map(\.shape) == network.variables.map(\.shape))
        #expect(slopes.inputs[0].shape == x.shape)
        let tape = GradientTape()
        tape.watch(x)
        let loss = try tape.record { try MeanSquaredError()(y, network(x)) }
        let expected = try #require(try tape.gradient(of: loss, withRespectTo: x))
        for (a, b) in zip(slopes.inputs[0].values, expected.values) { #expect(abs(a - b) < 1e-6) }
        #expect(training.store.version == version)
    }
}
