import Operators
import TensorCore
import TestSupport
import Testing

struct SpaceToDepthTests {
    @Test func gathersSquaresOfPixels() throws {
        let x = Tensor([1, 2, 4, 1], [1, 2, 3, 4, 5, 6, 7, 8])
        let y = try spaceToDepth(x, block: 2)
        #expect(y.shape == [1, 1, 2, 4])
        #expect(y.values == [1, 2, 5, 6, 3, 4, 7, 8])
        #expect(try depthToSpace(y, block: 2).values == x.values)
    }

    @Test func theLayoutMakesNoDifference() throws {
        let x = sample([2, 4, 6, 3])
        let first = try spaceToDepth(transpose(x, [0, 3, 1, 2]), block: 2, channelsFirst: true)
        #expect(try transpose(first, [0, 2, 3, 1]).values == spaceToDepth(x, block: 2).values)
        let back = try depthToSpace(first, block: 2, channelsFirst: true)
        #expect(try transpose(back, [0, 2, 3, 1]).values == x.values)
    }

    @Test func refusesBlocksThatDoNotDivide() {
        #expect(throws: TensorError.self) { try spaceToDepth(sample([1, 3, 2, 1]), block: 2) }
        #expect(throws: TensorError.self) { try depthToSpace(sample([1, 1, 1, 3]), block: 2) }
        #expect(throws: TensorError.self) { try spaceToDepth(sample([1, 2, 2, 1]), block: 0) }
        #expect(throws: TensorError.rankMismatch(operator: "spaceToDepth", expected: "four axes", received: [2])) {
            try spaceToDepth(sample([2]), block: 1)
        }
    }
}
