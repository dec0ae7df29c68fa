import Formats
import Testing

@testable import Service

struct TrainingSettingsTests {
    private func settings(_ json: JSONValue) throws -> TrainingSettings { try TrainingSettings(json) }

    @Test func oneLossIsForAllOutputs() throws {
        let settings = try settings(["optimizer": "Adam", "loss": "mse", "loss_weights": [1, 0.5]])
        let objective = try settings.makeObjective(outputs: ["a", "b"])
        #expect(objective.losses.count == 1 && objective.lossWeights == [1, 0.5])
    }

    @Test func lossesAreGivenInOrderOrByName() throws {
        let listed = try settings(["optimizer": "sgd", "loss": ["mse", "mae"]]).makeObjective(outputs: ["a", "b"])
        let named = try settings(["optimizer": "sgd", "loss": ["b": "mae", "a": "mse"], "loss_weights": ["b": 3]])
            .makeObjective(outputs: ["a", "b"])
        #expect(listed.losses.map(\.name) == ["mean_squared_error", "mean_absolute_error"])
        #expect(named.losses.map(\.name) == listed.losses.map(\.name))
        #expect(named.lossWeights == [1, 3])
    }

    @Test func metricsOfSeveralOutputsCarryTheirNames() throws {
        func names(_ metrics: JSONValue, _ outputs: [String]) throws -> [String] {
            try settings(["optimizer": "sgd", "loss": "mse", "metrics": metrics]).makeMetrics(outputs: outputs)
                .results.entries.map(\.name)
        }
        #expect(try names(["mae", "accuracy"], ["outputs"]) == ["mae", "accuracy"])
        #expect(try names(["mae"], ["a", "b"]) == ["a_mae", "b_mae"])
        #expect(try names([["mae"], ["mse", "mae"]], ["a", "b"]) == ["a_mae", "b_mse", "b_mae"])
        #expect(try names(["b": "mae"], ["a", "b"]) == ["b_mae"])
        #expect(try names(["mae", "mae"], ["outputs"]) == ["mae", "mae_1"])
        #expect(try names(nil, ["outputs"]) == [])
    }

    @Test(
        arguments: [
            (["loss": "mse"], "training needs training.optimizer"),
            (["optimizer": "sgd"], "training needs training.loss"),
            (["optimizer": "sgd", "loss": "mse", "los": 1], "training has no 'los'"),
            (["optimizer": "sgg", "loss": "mse"], "training.optimizer: there is no optimizer 'sgg'"),
            (["optimizer": "sgd", "loss": ["mse", "msf"]], "training.loss[1]: there is no loss 'msf'"),
            (["optimizer": "sgd", "loss": ["a": "msf"]], "training.loss.a: there is no loss 'msf'"),
            (["optimizer": "sgd", "loss": "mse", "metrics": ["a": ["x"]]], "training.metrics.a[0]"),
            ("sgd", "training must be an object"),
        ] as [(JSONValue, String)])
    func mistakesAreFoundAtOnceAndNamed(json: JSONValue, message: String) {
        #expect {
            try settings(json)
        } throws: { error in
            "\(error)".contains(message)
        }
    }

    @Test func lossesThatAreForOtherOutputsAreRefused() throws {
        let listed = try settings(["optimizer": "sgd", "loss": ["mse", "mae"]])
        #expect(throws: ServiceError.unfit("training.loss has 2 entries, but the model has 1 outputs")) {
            try listed.makeObjective(outputs: ["outputs"])
        }
        let named = try settings(["optimizer": "sgd", "loss": ["a": "mse"]])
        #expect(throws: ServiceError.unfit("training.loss has no loss for output 'b'")) {
            try named.makeObjective(outputs: ["a", "b"])
        }
        #expect(throws: ServiceError.unfit("training.loss: the model has no output 'a'; it has outputs")) {
            try named.makeObjective(outputs: ["outputs"])
        }
    }

    @Test func onlyTheLearningRateMayChangeUnderAnOptimizer() throws {
        func adam(_ rate: JSONValue, _ loss: JSONValue = "mse") throws -> TrainingSettings {
            try settings(["optimizer": ["class_name": "Adam", "config": ["learning_rate": rate]], "loss": loss])
        }
        #expect(try adam(0.1).withoutLearningRate == adam(0.2).withoutLearningRate)
        #expect(try adam(0.1).withoutLearningRate != adam(0.1, "mae").withoutLearningRate)
    }
}
