import ExampleSupport
import Strata

/// How far a disease goes in a year, foretold from ten measurements: regression, judged by how much of the variance it explains.
///
///     swift run -c release diabetes
@main
enum Diabetes {
    static func main() throws {
        let score = try train(epochs: 100, callbacks: [TerminalProgress()])
        print("explained of 88 patients not seen in training: \(percent(score)) of the variance")
    }

    /// Trains a network and gives R² of the last 88 patients.
    static func train(epochs: Int, callbacks: [any TrainingCallback]) throws -> Double {
        let data = try ExampleData("diabetes")
        // The measurements have a length of one over all patients; in units of their spread they are easier to learn from.
        let all = try Examples(data.array("x") * 21, data.array("y") / 100)
        let (known, unseen) = try all.split(validationShare: 0.2)
        return try seeded(1) {
            let network = try Sequential([
                Dense(32, activation: .relu, kernelRegularizer: .l2(0.01)), Dropout(0.2),
                Dense(1, kernelRegularizer: .l2(0.01)),
            ])
            let loop = try TrainingLoop(
                network, loss: Huber(), optimizer: Optimizer(KerasAdam(), learningRate: 0.003),
                metrics: [CoefficientOfDetermination(name: "r2")])
            try loop.fit(
                known, epochs: epochs, validation: .share(0.1),
                callbacks: callbacks + [ReduceOnPlateau(factor: 0.5, patience: 8)])
            return try loop.evaluate(unseen, batchSize: 88)["r2"] ?? 0
        }
    }
}
