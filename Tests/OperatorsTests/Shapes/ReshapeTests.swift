import Operators
import TensorCore
import Testing

struct ReshapeTests {
    @Test func keepsTheNameOfAnUnknownExtent() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([nil, 4, 3]))
        #expect(try reshape(x, [-1, 12]).shape[0] == x.shape[0])
        #expect(try reshape(x, [-1, 6]).shape[0] == Shape.unknown)
        #expect(try flatten(x).shape == [x.shape[0], 12])
    }

    @Test func refusesAbsurdExtents() {
        #expect(throws: TensorError.self) { try reshape(Tensor(1), [.max]) }
        #expect(throws: TensorError.self) { try reshape(Tensor(1), [.min]) }
        #expect(throws: TensorError.self) { try reshape(Tensor(1), Array(repeating: 1, count: 9)) }
    }
}
