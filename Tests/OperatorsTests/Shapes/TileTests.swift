import Operators
import TensorCore
import TestSupport
import Testing

struct TileTests {
    let x = Tensor([2, 2], [1, 2, 3, 4])

    @Test func copiesInARow() throws {
        #expect(try tile(x, [2, 1]).values == [1, 2, 3, 4, 1, 2, 3, 4])
        #expect(try tile(x, [1, 2]).values == [1, 2, 1, 2, 3, 4, 3, 4])
        #expect(try tile(x, [0, 3]).shape == [0, 6])
        #expect(try repeating(x, 2, axis: 1).values == [1, 1, 2, 2, 3, 3, 4, 4])
        #expect(try repeating(x, 2, axis: 0).values == [1, 2, 1, 2, 3, 4, 3, 4])
    }

    @Test func takesEightAxes() throws {
        let shape = Shape(Array(repeating: 2, count: 8))
        let y = try tile(sample(shape), [2, 1, 2, 1, 2, 1, 2, 1])
        #expect(y.elementCount == 4096)
        #expect(try sum(y).values[0].isFinite)
    }

    @Test func refusesOtherFactors() {
        #expect(throws: TensorError.self) { try tile(x, [2]) }
        #expect(throws: TensorError.self) { try tile(x, [-1, 1]) }
        #expect(throws: TensorError.shapeTooLarge(extents: [4_294_967_294, 2])) { try tile(x, [Shape.extentMax, 1]) }
        #expect(throws: TensorError.self) { try repeating(x, 2, axis: 2) }
    }
}
