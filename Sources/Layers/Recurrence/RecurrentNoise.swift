import Operators
import TensorCore

/// What a recurrent cell leaves out while it trains: one choice for all steps of a sequence.
///
/// - Source: Gal and Ghahramani, *A theoretically grounded application of dropout in recurrent neural networks* (2016).
public struct RecurrentNoise: Sendable {
    /// Which part of the input is left out.
    public let inputRate: Double
    /// Which part of the state is left out of the products.
    public let stateRate: Double
    /// What the choice follows from; nil for the context's random numbers.
    public let seed: UInt64?
    /// Draws one key after the other from the seed.
    private let generator: RandomGenerator?

    public init(inputRate: Double = 0, stateRate: Double = 0, seed: UInt64? = nil) {
        self.inputRate = inputRate
        self.stateRate = stateRate
        self.seed = seed
        generator = seed.map { RandomGenerator(seed: $0) }
    }

    init(_ configuration: LayerConfiguration) throws {
        self.init(
            inputRate: try configuration.rate("dropout", default: 0),
            stateRate: try configuration.rate("recurrent_dropout", default: 0), seed: try configuration.seed())
    }

    func write(_ settings: inout LayerSettings) {
        settings.set("dropout", inputRate)
        settings.set("recurrent_dropout", stateRate)
        // Keras 2 knows no seed here.
        if settings.dialect == .keras3 { settings.set("seed", json: .seed(seed)) }
    }

    /// Factors for the inputs and for the state, `[batch, …]` each; none where nothing is left out.
    func masks(
        for x: Tensor, batchAxis: Int, inputs: [Int], state: [Int], training: Bool
    ) throws -> [Tensor] {
        guard training, inputRate > 0 || stateRate > 0 else { return [] }
        return [
            try mask(inputRate, zeroState(inputs, for: x, batchAxis: batchAxis)),
            try mask(stateRate, zeroState(state, for: x, batchAxis: batchAxis)),
        ]
    }

    private func mask(_ rate: Double, _ zeros: Tensor) throws -> Tensor {
        guard rate < 1 else { return zeros }
        let ones = try onesLike(zeros)
        return rate == 0 ? ones : try dropout(ones, rate: rate, key: randomKey(from: generator))
    }
}
