import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// Layers that normalize every example by itself.
struct NormalizationLayersTests {
    @Test func layerNormalizationTakesMeanAndVarianceOut() throws {
        let x = Tensor([1, 4], [1, 3, 5, 7])
        #expect(agree(try LayerNormalization(epsilon: 0)(x), [-3, -1, 1, 3].map { $0 / 5.0.squareRoot() }))
        let scaled = LayerNormalization(epsilon: 0, betaInitializer: .constant(1), gammaInitializer: .constant(2))
        #expect(agree(try scaled(x), [-3, -1, 1, 3].map { $0 / 5.0.squareRoot() * 2 + 1 }))
        #expect(LayerNormalization(centers: false, scales: false).variables.isEmpty)
    }

    @Test func groupsOfChannelsAreNormalizedApart() throws {
        let x = Tensor([1, 1, 4], [1, 3, 10, 30])
        let layer = GroupNormalization(2, epsilon: 0)
        #expect(agree(try layer(x), [-1, 1, -1, 1]))
        #expect(agree(try GroupNormalization(1, epsilon: 0)(Tensor([1, 1, 2], [1, 3])), [-1, 1]))
        #expect(
            performing: { try GroupNormalization(3)(x) },
            throws: key(.value, "must be a multiple of the number of channels"))
    }

    @Test func rootMeanSquaresAndLengthsAreDividedBy() throws {
        let x = Tensor([1, 2], [3, 4])
        #expect(agree(try RMSNormalization(epsilon: 0)(x), [3, 4].map { $0 / 12.5.squareRoot() }))
        #expect(agree(try UnitNormalization()(x), [0.6, 0.8]))
    }

    @Test func axesMustExist() {
        #expect(performing: { try LayerNormalization(axes: [3])(sample([2, 2])) }, throws: key(.value, "are no axes"))
        #expect(performing: { try RMSNormalization(axes: [-4])(sample([2, 2])) }, throws: key(.value, "are no axes"))
    }
}
