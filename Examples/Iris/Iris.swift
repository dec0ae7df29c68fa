import ExampleSupport
import Strata

/// Fisher's irises: three kinds told apart by the size of their leaves. Training stops when it gets no better.
///
///     swift run -c release iris
@main
enum Iris {
    static func main() throws {
        let share = try train(epochs: 200, callbacks: [TerminalProgress()])
        print("right of 30 flowers not seen in training: \(percent(share))")
    }

    /// Trains a network and gives the share of the last 30 flowers that it gets right.
    static func train(epochs: Int, callbacks: [any TrainingCallback]) throws -> Double {
        let data = try ExampleData("iris")
        let all = try Examples(data.array("x"), data.array("y"))
        let (known, unseen) = try all.split(validationShare: 0.2)
        return try seeded(1) {
            let normalization = Normalization()
            let network = try Sequential([normalization, Dense(16, activation: .tanh), Dense(3)])
            try normalization.adapt(known.inputs[0])
            let loop = try TrainingLoop(
                network, loss: SparseCategoricalCrossentropy(fromLogits: true),
                optimizer: Optimizer(KerasAdam(), learningRate: 0.02),
                metrics: [SparseCategoricalAccuracy(name: "accuracy")])
            try loop.fit(
                known, epochs: epochs, batchSize: 16, validation: .share(0.2),
                callbacks: callbacks + [EarlyStopping(patience: 15, restoresBestWeights: true)])
            return try loop.evaluate(unseen)["accuracy"] ?? 0
        }
    }
}
