import Layers
import LayersTestSupport
import TensorCore
import Testing

struct RegularizerTests {
    private let w = Tensor([2], [3, -4])

    @Test func addUpSizes() throws {
        #expect(try L1L2(l1: 0.5)(w)?.values == [3.5])
        #expect(try L1L2(l2: 0.5)(w)?.values == [12.5])
        #expect(try L1L2(l1: 1, l2: 1)(w)?.values == [32])
        #expect(try L1L2()(w)?.values == [0])
    }

    @Test func orthogonalVectorsCostNothing() throws {
        let regularizer = OrthogonalRegularizer(factor: 0.5)
        let (straight, slanted) = (Tensor([2, 2], [1, 0, 0, 2]), Tensor([2, 2], [1, 0, 1, 0]))
        #expect(agree(try #require(try regularizer(straight)), [0]))
        // Both rows point the same way: one pair, whose product is one.
        #expect(agree(try #require(try regularizer(slanted)), [0.5]))
    }
}
