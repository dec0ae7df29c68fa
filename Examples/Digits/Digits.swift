import ExampleSupport
import Strata

/// Handwritten digits of 8 × 8 pixels, recognised by a small convolutional network and by dense layers alone.
///
///     swift run -c release digits
///     swift run -c release digits logs && tensorboard --logdir logs
@main
enum Digits {
    static func main() throws {
        let logs = CommandLine.arguments.dropFirst().first
        func callbacks(_ name: String) -> [any TrainingCallback] {
            [TerminalProgress()] + (logs.map { [TensorBoardLog("\($0)/\(name)", histogramEpochs: 5)] } ?? [])
        }
        print("a convolutional network")
        let convolutional = try train(
            convolutionalNetwork, epochs: 30, rate: 0.003, callbacks: callbacks("convolutional"))
        print("dense layers")
        let dense = try train(denseNetwork, epochs: 30, rate: 0.003, callbacks: callbacks("dense"))
        print("right of 360 digits not seen in training: \(percent(convolutional)) and \(percent(dense))")
    }

    static func convolutionalNetwork() throws -> Network {
        try Sequential([
            Conv2D(24, 3, padding: .same, activation: .relu),
            Conv2D(24, 3, padding: .same, activation: .relu),
            MaxPooling2D(2),
            Conv2D(48, 3, padding: .same, activation: .relu),
            MaxPooling2D(2),
            Flatten(),
            Dropout(0.4),
            Dense(10),
        ])
    }

    static func denseNetwork() throws -> Network {
        try Sequential([
            Flatten(), Dense(192, activation: .relu), Dropout(0.3), Dense(96, activation: .relu), Dropout(0.3),
            Dense(10),
        ])
    }

    /// Trains a network and gives the share of the test part that it gets right.
    static func train(
        _ makeNetwork: () throws -> Network, epochs: Int, rate: Double,
        callbacks: [any TrainingCallback]
    ) throws -> Double {
        let data = try ExampleData("digits")
        func examples(_ part: String) throws -> Examples {
            try Examples(expandDimensions(data.array("x_" + part), axes: [-1]), data.array("y_" + part))
        }
        return try seeded(1) {
            let training = try examples("train")
            // The rate falls to nothing in half a cosine.
            let steps = epochs * ((training.count + 31) / 32)
            let loop = try TrainingLoop(
                makeNetwork(), loss: SparseCategoricalCrossentropy(fromLogits: true),
                optimizer: Optimizer(
                    KerasAdam(), learningRate: .schedule(CosineDecay(rate, decaySteps: Double(steps)))),
                metrics: [SparseCategoricalAccuracy(name: "accuracy")])
            try loop.fit(training, epochs: epochs, callbacks: callbacks)
            return try loop.evaluate(examples("test"), batchSize: 360)["accuracy"] ?? 0
        }
    }
}
