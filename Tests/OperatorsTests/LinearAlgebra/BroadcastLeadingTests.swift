import Operators
import TensorCore
import TestSupport
import Testing

struct BroadcastLeadingTests {
    @Test func stretchesProductsOverEachOther() throws {
        let x = Tensor([2, 1, 1, 2], [1, 2, 3, 4])
        let y = Tensor([2, 2, 1], [1, 1, 10, 10])
        let z = try matmul(x, y)
        #expect(z.shape == [2, 2, 1, 1])
        #expect(z.values == [3, 30, 7, 70])
    }

    @Test func aMatrixMeetsABatch() throws {
        #expect(try matmul(Tensor([1, 2], [1, 2]), Tensor([2, 2, 1], [1, 1, 2, 2])).values == [3, 6])
    }

    @Test func refusesWhatDoesNotStretch() {
        #expect(throws: TensorError.self) { try matmul(sample([2, 1, 1]), sample([3, 1, 1])) }
    }
}
