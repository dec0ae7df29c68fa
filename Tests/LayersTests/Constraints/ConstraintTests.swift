import Layers
import LayersTestSupport
import TensorCore
import Testing

struct ConstraintTests {
    /// Columns of length 5 and 0.5.
    private let w = Tensor([2, 2], [3, 0.3, 4, -0.4])

    @Test func keepNumbersAndNormsWithinBounds() throws {
        #expect(try NonNeg()(w).values == [3, 0.3, 4, 0])
        #expect(agree(try MaxNorm(2)(w), [1.2, 0.3, 1.6, -0.4]))
        #expect(agree(try UnitNorm()(w), [0.6, 0.6, 0.8, -0.8]))
        #expect(agree(try MinMaxNorm(1, 2)(w), [1.2, 0.6, 1.6, -0.8]))
        // Half of the way.
        #expect(agree(try MinMaxNorm(1, 2, rate: 0.5)(w), [2.1, 0.45, 2.8, -0.6]))
    }

    @Test func axesSayWhichNumbersAreOneVector() throws {
        #expect(agree(try UnitNorm(axes: [1])(Tensor([1, 2], [3, 4])), [0.6, 0.8]))
    }
}
