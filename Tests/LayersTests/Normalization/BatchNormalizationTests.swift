import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct BatchNormalizationTests {
    private let x = Tensor([4, 1], [1, 3, 5, 7])

    private func statistics(_ layer: BatchNormalization) throws -> [Float] {
        try layer.nonTrainableVariables.flatMap { try $0.value.values }
    }

    @Test func trainsOnTheBatchAndRemembersIt() throws {
        let layer = BatchNormalization(momentum: 0.75, epsilon: 0)
        let y = try layer(x, training: true)
        // Mean 4, variance 5.
        #expect(agree(y, [-3, -1, 1, 3].map { $0 / 5.0.squareRoot() }))
        #expect(try statistics(layer) == [1, 2])
        #expect(agree(try layer(x), [0, 2, 4, 6].map { $0 / 2.0.squareRoot() }))
    }

    @Test func theFusedVarianceIsUnbiased() throws {
        let image = try reshape(x, [4, 1, 1, 1])
        for (fused, variance) in [(nil, 20.0 / 3), (true, 20.0 / 3), (false, 5)] as [(Bool?, Double)] {
            let layer = BatchNormalization(momentum: 0, fused: fused)
            _ = try layer(image, training: true)
            #expect(abs(Double(try statistics(layer)[1]) - variance) < 1e-5)
        }
    }

    @Test func virtualBatchesAreNormalizedApart() throws {
        let layer = BatchNormalization(momentum: 0, epsilon: 0, virtualBatchSize: 2)
        // The first with the third, and the second with the fourth.
        #expect(agree(try layer(x, training: true), [-1, -1, 1, 1]))
        #expect(try statistics(layer) == [4, 4])
        #expect(
            performing: { try layer(sample([3, 1]), training: true) }, throws: key(.value, "do not divide a batch of 3")
        )
    }

    @Test func renormalizationCorrectsTowardsTheMovingStatistics() throws {
        let clipping = BatchNormalization.RenormClipping(rMin: 0.5, rMax: 2, dMax: 1)
        let layer = BatchNormalization(epsilon: 0, renormalizes: true, renormClipping: clipping)
        // r = clip(√5 / 1, 0.5, 2) = 2, d = clip((4 − 0) / 1, −1, 1) = 1.
        let expected = [-3.0, -1, 1, 3].map { $0 / 5.0.squareRoot() * 2 + 1 }
        #expect(agree(try layer(x, training: true), expected))
    }

    @Test func aLayerThatIsNotTrainableStillKnowsItsNumbers() throws {
        let layer = BatchNormalization()
        _ = try layer(x)
        #expect(layer.trainableVariables.count == 2 && layer.nonTrainableVariables.count == 2)
        layer.isTrainable = false
        #expect(layer.trainableVariables.isEmpty && layer.nonTrainableVariables.count == 4)
    }

    @Test func anEmptyBatchLeavesTheStatistics() throws {
        let layer = BatchNormalization()
        _ = try layer(x)
        _ = try layer(Tensor([0, 1], [Float]()), training: true)
        #expect(try statistics(layer) == [0, 1])
    }
}
