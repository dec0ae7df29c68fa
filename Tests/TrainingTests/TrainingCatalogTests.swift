import Formats
import TensorCore
import Testing

@testable import Training

struct TrainingCatalogTests {
    private func optimizer(_ json: JSONValue) throws -> Optimizer {
        try TrainingCatalog.optimizer(json, path: "training.optimizer")
    }

    @Test(arguments: ["Adam", "adam", "AdamOptimizer", "SGD", "MomentumOptimizer"])
    func knowsOptimizersByTheirNames(name: String) throws {
        let json: JSONValue = ["class_name": .string(name), "config": ["learning_rate": 0.5, "momentum": 0.9]]
        if name.lowercased().hasPrefix("adam") {
            #expect(throws: (any Error).self) { try optimizer(json) }
        } else {
            guard case .constant(0.5) = try optimizer(json).learningRate else { throw Failure() }
        }
    }
    private struct Failure: Error {}

    @Test func readsWhatKerasWrites() throws {
        let json = try JSONValue(
            parsing: """
                {"module": "keras.optimizers", "class_name": "AdamW", "registered_name": null, "config": {
                 "name": "AdamW", "learning_rate": 0.0010000000474974513, "weight_decay": 0.05, "clipnorm": null,
                 "global_clipnorm": 1.0, "clipvalue": null, "use_ema": true, "ema_momentum": 0.9,
                 "ema_overwrite_frequency": 5, "jit_compile": false, "is_legacy_optimizer": false,
                 "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-07, "amsgrad": true}}
                """)
        let made = try optimizer(json)
        let rule = try #require(made.rule as? KerasAdam)
        #expect(rule.beta1 == 0.8 && rule.usesAMSGrad && rule.name == "AdamW")
        #expect(made.clipping == .globalNorm(1))
        #expect(made.weightDecay?.rate == 0.05)
        #expect(made.averaging?.overwriteFrequency == 5)
    }

    @Test func readsASchedule() throws {
        let made = try optimizer([
            "class_name": "SGD",
            "config": [
                "learning_rate": [
                    "class_name": "ExponentialDecay",
                    "config": ["initial_learning_rate": 1, "decay_steps": 2, "decay_rate": 0.25],
                ]
            ],
        ])
        #expect(made.learningRate.rate(at: 1) == 0.5)
    }

    @Test(arguments: [
        ("mse", "mean_squared_error"), ("MeanSquaredError", "mean_squared_error"),
        ("tf.losses.mean_squared_error", "mean_squared_error"),
        ("sparse_softmax_cross_entropy", "sparse_softmax_cross_entropy"),
        ("categorical_crossentropy", "categorical_crossentropy"), ("kld", "kl_divergence"),
    ])
    func knowsLossesByTheirNames(name: String, expected: String) throws {
        #expect(try TrainingCatalog.loss(.string(name), path: "loss").name == expected)
    }

    @Test func givesMetricsTheNameTheyWereAskedForUnder() throws {
        #expect(try TrainingCatalog.metric("mae", path: "m").name == "mae")
        #expect(try TrainingCatalog.metric("accuracy", path: "m").name == "accuracy")
        #expect(try TrainingCatalog.metric("BinaryAccuracy", path: "m").name == "binary_accuracy")
    }

    @Test func saysWhereAndWhatWhenItRefuses() throws {
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return ""
        }
        let wrongType = message {
            _ = try optimizer(["class_name": "SGD", "config": ["learning_rate": "fast"]])
        }
        #expect(wrongType.contains("training.optimizer.config.learning_rate") && wrongType.contains("fast"))
        let unknown = message { _ = try optimizer("Adamm") }
        #expect(unknown.contains("'Adamm'") && unknown.contains("AdamOptimizer"))
        let misspelt = message { _ = try optimizer(["class_name": "SGD", "config": ["momentun": 0.9]]) }
        #expect(misspelt.contains("momentun"))
        let missing = message { _ = try optimizer("GradientDescentOptimizer") }
        #expect(missing.contains("learning_rate"))
        #expect(message { _ = try TrainingCatalog.loss(3, path: "loss") }.contains("loss must be"))
        let both = message { _ = try optimizer(["class_name": "SGD", "config": ["clipnorm": 1, "clipvalue": 1]]) }
        #expect(both.contains("at most one"))
    }
}
