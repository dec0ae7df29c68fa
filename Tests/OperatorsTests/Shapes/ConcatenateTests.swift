import Operators
import TensorCore
import TestSupport
import Testing

struct ConcatenateTests {
    /// A batch whose extent only the run knows.
    @Test func theGradientCutsUnknownPartsAsLargeAsTheyWere() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([nil, 2]))
        let y = try graph.placeholder(TensorSpec([nil, 2]))
        let found = try graph.asDefault {
            try gradients(of: [square(concatenate([x, y]))], withRespectTo: [x, y]).compactMap { $0 }
        }
        let values = try Session(graph).run(
            found, feeding: [(x, Tensor([1, 2], [1, 2])), (y, Tensor([2, 2], [3, 4, 5, 6]))])
        #expect(values.map(\.values) == [[2, 4], [6, 8, 10, 12]])
    }

    @Test func splitsIntoEqualParts() throws {
        #expect(try split(Tensor([4], [1, 2, 3, 4]), parts: 2).map(\.values) == [[1, 2], [3, 4]])
        #expect(throws: TensorError.invalidArgument(operator: "split", message: "extent 4 has no 3 equal parts")) {
            try split(sample([4]), parts: 3)
        }
        #expect(throws: TensorError.self) { try split(sample([4]), parts: 0) }
        #expect(throws: TensorError.self) { try split(sample([4]), sizes: [.max, .max]) }
    }
}
