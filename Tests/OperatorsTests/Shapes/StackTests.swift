import Operators
import TensorCore
import TestSupport
import Testing

struct StackTests {
    @Test func putsTensorsSideBySide() throws {
        let (x, y) = (Tensor([2], [1, 2]), Tensor([2], [3, 4]))
        #expect(try stack([x, y]).values == [1, 2, 3, 4])
        #expect(try stack([x, y], axis: -1).values == [1, 3, 2, 4])
        #expect(try stack([Tensor(1), Tensor(2)]).shape == [2])
        #expect(try unstack(stack([x, y], axis: 1), axis: 1).map(\.values) == [[1, 2], [3, 4]])
        #expect(try unstack(Tensor([0, 2], [Float]())).isEmpty)
    }

    @Test func refusesOtherShapesAndNothing() {
        #expect(throws: TensorError.self) { try stack([sample([2]), sample([3])]) }
        #expect(throws: TensorError.invalidArgument(operator: "stack", message: "nothing to stack")) { try stack([]) }
        #expect(throws: TensorError.self) { try stack([sample([2])], axis: 3) }
    }
}
