import ExampleSupport
import Strata

/// A long short-term memory that learns to write a text letter by letter, which the example makes up itself.
///
///     swift run -c release characters
@main
enum Characters {
    static func main() throws {
        let writer = try train(epochs: 12, callbacks: [TerminalProgress()])
        let text = try writer.write(240, after: "the ")
        print("it writes: the \(text)")
        print("words that the text has: \(percent(ExampleText.knownShare(of: text)))")
    }

    static func train(epochs: Int, sentences: Int = 2400, callbacks: [any TrainingCallback]) throws -> LetterWriter {
        let text = ExampleText.make(sentences: sentences, seed: 1)
        let alphabet = Alphabet(of: text)
        let steps = 48
        let letters = alphabet.numbers(text)
        // Each row is a piece of the text; what is wanted is the letter that comes next.
        let rows = (letters.count - 1) / steps
        let examples = try Examples(
            Tensor([rows, steps], Array(letters[..<(rows * steps)])),
            Tensor([rows, steps], Array(letters[1...(rows * steps)])))
        return try seeded(1) {
            let network = try Sequential([
                Embedding(alphabet.count, 16), LSTM(96, sequence: SequenceSettings(returnsSequences: true)),
                Dense(alphabet.count),
            ])
            let loop = try TrainingLoop(
                network, loss: SparseCategoricalCrossentropy(fromLogits: true),
                optimizer: Optimizer(KerasAdam(), learningRate: 0.01, clipping: .globalNorm(1)),
                metrics: [SparseCategoricalAccuracy(name: "accuracy")])
            try loop.fit(examples, epochs: epochs, batchSize: 32, callbacks: callbacks)
            return LetterWriter(loop: loop, alphabet: alphabet, steps: steps)
        }
    }
}
