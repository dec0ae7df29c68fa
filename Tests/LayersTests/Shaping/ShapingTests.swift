import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct ShapingTests {
    private let row = Tensor([1, 4, 1], [1, 2, 3, 4])

    @Test func padsAndCrops() throws {
        #expect(try ZeroPadding1D(Padding(1, 2))(row).values == [0, 1, 2, 3, 4, 0, 0])
        #expect(try Cropping1D(Padding(1, 2))(row).values == [2])
        let padded = try ZeroPadding2D(Padding(1, 0), Padding(0, 2))(sample([1, 2, 2, 1]))
        #expect(padded.shape == [1, 3, 4, 1])
        #expect(try Cropping2D(Padding(1, 0), Padding(0, 2))(padded).values == sample([1, 2, 2, 1]).values)
        #expect(performing: { try Cropping1D(Padding(2, 2))(row) }, throws: key(.value, "should be smaller than"))
    }

    @Test func repeatsAndInterpolates() throws {
        #expect(try UpSampling1D(2)(row).values == [1, 1, 2, 2, 3, 3, 4, 4])
        #expect(try UpSampling2D([1, 2])(Tensor([1, 1, 2, 1], [1, 2])).values == [1, 1, 2, 2])
        let smooth = try UpSampling2D([1, 2], interpolation: .bilinear)(Tensor([1, 1, 2, 1], [1, 2]))
        #expect(agree(smooth, [1, 1.25, 1.75, 2]))
        #expect(try RepeatVector(2)(Tensor([1, 2], [1, 2])).values == [1, 2, 1, 2])
    }

    @Test func reshapesAndPermutes() throws {
        #expect(try Reshape([2, -1])(row).shape == [1, 2, 2])
        #expect(try Permute([2, 1])(Tensor([1, 2, 2], [1, 2, 3, 4])).values == [1, 3, 2, 4])
        #expect(try Flatten()(sample([2, 3, 4])).shape == [2, 12])
        #expect(try Flatten()(Tensor([3], [1, 2, 3])).shape == [3, 1])
        #expect(throws: (any Error).self) { try Reshape([3])(row) }
        #expect(
            performing: { try Permute([2, 1])(sample([2, 3])) }, throws: key(.value, "is incompatible with the layer"))
        #expect(performing: { try RepeatVector(2)(row) }, throws: key(.value, "is incompatible with the layer"))
    }
}
