import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct NormalizationTests {
    private let data = Tensor([2, 2], [1, 10, 3, 30])

    @Test func adaptsToData() throws {
        let layer = Normalization()
        try layer.adapt(data)
        #expect(agree(try layer(data), [-1, -1, 1, 1]))
        #expect(layer.trainableVariables.isEmpty && layer.nonTrainableVariables.count == 3)
        try layer.adapt(Tensor([2, 2], [0, 0, 2, 2]))
        #expect(agree(try layer(data), [0, 9, 2, 29]))
    }

    @Test func takesGivenNumbersAndInverts() throws {
        #expect(agree(try Normalization(mean: [2, 20], variance: [1, 100])(data), [-1, -1, 1, 1]))
        #expect(agree(try Normalization(mean: [1], variance: [4], inverts: true)(data), [3, 21, 7, 61]))
        #expect(
            performing: { try Normalization(mean: [1], variance: [1]).adapt(data) }, throws: key(.runtime, "static"))
        #expect(
            performing: { try Normalization(mean: [1, 2, 3], variance: [1])(data) }, throws: key(.value, "2 means"))
    }

    @Test func rescales() throws {
        #expect(try Rescaling(0.5, offset: 1)(data).values == [1.5, 6, 2.5, 16])
        #expect(try Rescaling(0.5)(Tensor([1], [Int32(3)])).values == [1.5])
    }
}
