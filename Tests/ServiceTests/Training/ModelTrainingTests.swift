import Formats
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Service

struct ModelTrainingTests {
    let directory = TemporaryDirectory()

    private func registry() throws -> ModelRegistry { try ModelRegistry(directory: directory.path) }

    /// `y = x · w + b` with known values, so that a step can be followed by hand.
    private func linear(_ training: JSONValue = ["optimizer": "sgd", "loss": "mse"]) throws -> ModelSpec {
        try ModelSpec([
            "class_name": "Sequential",
            "config": [
                "layers": [
                    [
                        "class_name": "Dense",
                        "config": ["units": 1, "input_shape": [2], "kernel_initializer": "ones"],
                    ]
                ]
            ],
            "training": training,
        ])
    }

    private let adam: JSONValue = [
        "optimizer": ["class_name": "Adam", "config": ["learning_rate": 0.01]], "loss": "mse", "metrics": ["mae"],
    ]

    private func batch(_ rows: Int = 4, weights: [Float]? = nil) throws -> Examples {
        try Examples(
            inputs: [sample([rows, 2])], targets: [sample([rows, 1], scale: 3)],
            sampleWeights: weights.map { [Tensor([$0.count], $0)] } ?? [])
    }

    @Test func aStepDoesWhatTheFormulaSays() async throws {
        let sgd: JSONValue = [
            "optimizer": ["class_name": "SGD", "config": ["learning_rate": 0.5]], "loss": "mse", "metrics": ["mae"],
        ]
        let model = try await registry().put("net", linear(sgd)).model
        // x·1 = 3, y = 1: loss 4, d/dw = 2·2·x, d/db = 4.
        let outcome = try await model.train(
            try Examples(inputs: [Tensor([1, 2], [1, 2])], targets: [Tensor([1, 1], [1])]))
        #expect(outcome == TrainingOutcome(step: 1, version: 2, loss: 4, metrics: [NamedNumber(name: "mae", value: 2)]))
        #expect(try await model.variable("net/dense/kernel:0").value?.values == [-1, -3])
        #expect(try await model.variable("net/dense/bias:0").value?.values == [-2])
    }

    @Test func sampleWeightsScaleTheLoss() async throws {
        let model = try await registry().put("net", linear()).model
        let x = Tensor([2, 2], [1, 2, 5, 5])
        let y = Tensor([2, 1], [1, 0])
        // The second example does not count; the mean is over two all the same.
        let weighted = try Examples(inputs: [x], targets: [y], sampleWeights: [Tensor([2], [1, 0])])
        #expect(try await model.evaluate(weighted).loss == 2)
        #expect(model.version == 1)
    }

    @Test func evaluationAndGradientsChangeNothing() async throws {
        let model = try await registry().put("net", linear(adam)).model
        let before = try await model.variables(withValues: true).map { $0.value?.values }
        let loss = try await model.evaluate(batch()).loss
        let gradients = try await model.gradients(batch(), of: Model.GradientSources(includesInputs: true))
        #expect(gradients.loss == loss)
        #expect(gradients.variables.map(\.name) == ["net/dense/kernel:0", "net/dense/bias:0"])
        #expect(gradients.inputs.map(\.shape) == [[4, 2]])
        let one = try await model.gradients(batch(), of: Model.GradientSources(variables: ["net/dense/bias:0"]))
        #expect(one.variables.map(\.gradient.values) == [gradients.variables[1].gradient.values])
        #expect(one.inputs.isEmpty)
        await #expect(throws: ServiceError.noSuchVariable("net/x:0", model: "net")) {
            try await model.gradients(batch(), of: Model.GradientSources(variables: ["net/x:0"]))
        }
        #expect(try await model.variables(withValues: true).map { $0.value?.values } == before)
        #expect(model.version == 1)
    }

    @Test func aModelWithoutTrainingSettingsIsNotTrained() async throws {
        let registry = try registry()
        let model = try await registry.put("net", linear(nil)).model
        await #expect {
            try await model.train(batch())
        } throws: { error in
            if case ServiceError.conflict = error { true } else { false }
        }
        _ = try await registry.change("net", by: ["training": adam])
        #expect(try await model.train(batch()).step == 1)
    }

    @Test func aStepThatIsNotFiniteIsNotTaken() async throws {
        let model = try await registry().put("net", linear(adam)).model
        _ = try await model.train(batch())
        let before = try await model.variables(withValues: true).map { $0.value?.values }
        let bad = try Examples(
            inputs: [Tensor([4, 2], [1, 2, 3, .nan, 5, 6, 7, 8])], targets: batch().targets)
        await #expect(throws: ServiceError.self) { try await model.train(bad) }
        // A loss that is finite, but whose gradient is not.
        let large = try Examples(
            inputs: [Tensor([4, 2], Array(repeating: 1e30, count: 8))],
            targets: [Tensor([4, 1], Array(repeating: 0, count: 4))])
        _ = try? await model.train(large)
        #expect(
            try await model.variables(withValues: true).allSatisfy { $0.value?.values.allSatisfy(\.isFinite) == true })
        #expect(before.count == 2)
        #expect(try await model.train(batch()).loss.isFinite)
    }

    @Test func batchesThatDoNotFitAreRefusedInWordsAndChangeNothing() async throws {
        let model = try await registry().put("net", linear(adam)).model
        func message(_ batch: Examples) async -> String {
            do {
                return "\(try await model.train(batch))"
            } catch { return "\(error)" }
        }
        let x = sample([4, 2])
        #expect(
            await message(try Examples(inputs: [sample([4, 3])], targets: [sample([4, 1])]))
                == "inputs has shape [4, 3] but layer 'dense' expects [?, 2]")
        #expect(
            await message(try Examples(inputs: [x], targets: [sample([4, 1]), sample([4, 1])]))
                == "model 'net' has 1 outputs, but 2 targets came")
        #expect(
            await message(try Examples(inputs: [Tensor([0, 2], [])], targets: [Tensor([0, 1], [])]))
                == "inputs holds no example; a loss needs one at the least")
        await #expect(throws: TensorError.self) {
            try await model.train(try Examples(inputs: [x], targets: [sample([4, 2])]))
        }
        #expect(model.version == 1)
    }

    @Test func aModelWithoutAnInputShapeIsBuiltByItsFirstStep() async throws {
        let spec = try ModelSpec([
            "class_name": "Sequential", "config": ["layers": [["class_name": "Dense", "config": ["units": 1]]]],
            "training": adam,
        ])
        let model = try await registry().put("net", spec).model
        #expect(try await model.train(batch()).step == 1)
        #expect(model.inputs?.first?.spec.shape.description == "[?, 2]")
    }

    @Test func manyAtOnceAreTakenOneByOne() async throws {
        let model = try await registry().put("net", linear(adam)).model
        let steps = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<40 { group.addTask { try await model.train(batch()).step } }
            return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
        }
        #expect(steps == Set(1...40))
        #expect(model.version == 41)
    }

    @Test func noAssignmentIsLostAmongSteps() async throws {
        let still: JSONValue = [
            "optimizer": ["class_name": "SGD", "config": ["learning_rate": 0.0]], "loss": "mse",
        ]
        let model = try await registry().put("net", linear(still)).model
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for _ in 0..<60 { _ = try await model.train(batch()) } }
            // Each assignment must still be there when the next one comes.
            group.addTask {
                for number in 0..<60 {
                    _ = try await model.assign(Tensor([1], [Float(number)]), to: "net/dense/bias:0")
                    let value = try await model.variable("net/dense/bias:0").value?.values
                    #expect(value == [Float(number)])
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func aCheckpointHoldsTheOptimizerSoThatTrainingGoesOnAsIfNothingHappened() async throws {
        var expected: [TrainingOutcome] = []
        do {
            let registry = try registry()
            let model = try await registry.put("net", linear(adam)).model
            for _ in 0..<3 { _ = try await model.train(batch()) }
            _ = try await registry.saveCheckpoint(of: "net", id: "three")
            for _ in 0..<3 { expected.append(try await model.train(batch())) }

            // Restored in place.
            _ = try await registry.restore("net", checkpoint: "three")
            var again: [TrainingOutcome] = []
            for _ in 0..<3 { again.append(try await model.train(batch())) }
            #expect(again.map(\.loss) == expected.map(\.loss) && again.map(\.step) == [4, 5, 6])
            _ = try await registry.restore("net", checkpoint: "three")

            // Copied: the copy goes on as the original does.
            let copy = try await registry.copy("net", to: "copy")
            #expect(copy.store.step == 3)
            var copied: [TrainingOutcome] = []
            for _ in 0..<3 { copied.append(try await copy.train(batch())) }
            #expect(copied.map(\.loss) == expected.map(\.loss))
        }
        // Restarted.
        let registry = try registry()
        #expect(await registry.load().isEmpty)
        let model = try registry.model("net")
        var restarted: [TrainingOutcome] = []
        for _ in 0..<3 { restarted.append(try await model.train(batch())) }
        #expect(restarted.map(\.loss) == expected.map(\.loss))
    }

    @Test func aRestoreWithoutSlotsStartsTheOptimizerAfresh() async throws {
        let registry = try registry()
        let model = try await registry.put("net", linear(adam)).model
        _ = try await registry.saveCheckpoint(of: "net", id: "fresh")
        let first = try await [model.train(batch()).loss, model.train(batch()).loss]
        _ = try await registry.restore("net", checkpoint: "fresh")
        let second = try await [model.train(batch()).loss, model.train(batch()).loss]
        #expect(first == second)
    }

    @Test func anotherLearningRateKeepsTheStateOfTheOptimizer() async throws {
        let registry = try registry()
        let model = try await registry.put("net", linear(adam)).model
        _ = try await model.train(batch())
        _ = try await registry.change(
            "net",
            by: [
                "training": [
                    "optimizer": ["class_name": "Adam", "config": ["learning_rate": 0.0]], "loss": "mse",
                    "metrics": ["mae"],
                ]
            ])
        let values = try await model.variables(withValues: true).map { $0.value?.values }
        _ = try await model.train(batch())
        #expect(try await model.variables(withValues: true).map { $0.value?.values } == values)
        // Keras's Adam counts its steps, from the first under the old rate on.
        let held = await model.core.hold()
        let iteration = try #require(held.variables.first { $0.name == "iteration:0" })
        #expect(try held.lease.copy(of: iteration)?.scalars(Int64.self) == [2])
    }

    @Test func trainingRequestsAreRememberedByACheckpoint() async throws {
        do {
            let registry = try registry()
            let model = try await registry.put("net", linear(adam)).model
            _ = try await model.ledger.once("k", fingerprint: "a") { try await model.train(batch()) }
            #expect(await registry.close().isEmpty)
        }
        let registry = try registry()
        #expect(await registry.load().isEmpty)
        let model = try registry.model("net")
        let again = try await model.ledger.once("k", fingerprint: "a") { try await model.train(batch()) }
        #expect(again.isRepeat && again.outcome.step == 1)
        // A replaced model has not applied what its predecessor has.
        let new = try await registry.put("net", linear(adam)).model
        #expect(try await !new.ledger.once("k", fingerprint: "a") { try await new.train(batch()) }.isRepeat)
    }
}
