import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// Layers that disturb their input while the network trains, and leave it alone otherwise.
struct NoiseTests {
    private let ones: Tensor

    init() throws { ones = try Tensor.ones([100, 100]) }

    private func moments(_ layer: Layer) throws -> (mean: Float, deviation: Float, values: [Float]) {
        #expect(try layer(ones).values == ones.values && layer(ones, training: false).values == ones.values)
        let values = try layer(ones, training: true).values
        let mean = values.reduce(0, +) / Float(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)
        return (mean, variance.squareRoot(), values)
    }

    @Test func dropoutKeepsTheMean() throws {
        let found = try moments(Dropout(0.25, seed: 1))
        #expect(Set(found.values).count == 2 && found.values.contains(0))
        #expect(abs(found.mean - 1) < 0.03)
        #expect(try Dropout(1)(ones, training: true).values.allSatisfy { $0 == 0 })
        #expect(try Dropout(0)(ones, training: true).values == ones.values)
    }

    @Test func gaussianNoisesHaveTheirDeviations() throws {
        let added = try moments(GaussianNoise(0.5, seed: 1))
        #expect(abs(added.mean - 1) < 0.03 && abs(added.deviation - 0.5) < 0.02)
        // √(rate / (1 − rate)) with a rate of a half.
        let factors = try moments(GaussianDropout(0.5, seed: 1))
        #expect(abs(factors.mean - 1) < 0.05 && abs(factors.deviation - 1) < 0.04)
        let selu = try moments(AlphaDropout(0.1, seed: 1))
        #expect(Set(selu.values).count == 2)
    }

    @Test func aSeedGivesTheSameNumbersAgain() throws {
        #expect(
            try Dropout(0.5, seed: 7)(ones, training: true).values == Dropout(0.5, seed: 7)(ones, training: true).values
        )
        let layer = Dropout(0.5, seed: 7)
        #expect(try layer(ones, training: true).values != layer(ones, training: true).values)
    }

    @Test func wholeChannelsGoTogether() throws {
        let y = try SpatialDropout1D(0.5, seed: 2)(Tensor.ones([4, 5, 6]), training: true).values
        for example in 0..<4 {
            for channel in 0..<6 {
                #expect(Set((0..<5).map { y[(example * 5 + $0) * 6 + channel] }).count == 1)
            }
        }
    }

    @Test func penaltiesOnActivityGoToTheCollector() throws {
        let collector = LossCollector()
        _ = try collector.collect { try ActivityRegularization(l1: 0.5)(Tensor([2, 2], [1, -1, 2, 0])) }
        // Half of four, for each of two examples.
        #expect(collector.losses.map { $0.values } == [[1]])
    }
}
