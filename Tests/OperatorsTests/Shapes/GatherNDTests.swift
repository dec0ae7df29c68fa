import Operators
import TensorCore
import Testing

struct GatherNDTests {
    let x = Tensor([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])

    @Test func picksByCoordinates() throws {
        #expect(try gatherND(x, Tensor([2, 3], [Int32(0), 1, 1, 1, 0, 0])).values == [4, 5])
        #expect(try gatherND(x, Tensor([1, 2], [Int64(1), 0])).values == [5, 6])
        #expect(try gatherND(x, Tensor([0, 2], [Int64]())).shape == [0, 2])
        #expect(try gatherND(x, Tensor([2, 0], [Int64]())).shape == [2, 2, 2, 2])
    }

    @Test func scattersBack() throws {
        let places = Tensor([3, 1], [Int32(1), 3, 1])
        #expect(try scatterND(places, Tensor([3], [1, 2, 4]), shape: [4]).values == [0, 5, 0, 2])
        #expect(
            try scatterND(Tensor([1, 2], [Int64(0), 1]), Tensor([1], [Int32(7)]), shape: [2, 2]).scalars(Int32.self)
                == [0, 7, 0, 0])
        #expect(
            try scatterAdd(Tensor([2, 1], [1, 1]), Tensor([3], [Int32(0), 0, 1]), Tensor([3, 1], [1, 2, 3])).values
                == [4, 4])
    }

    @Test func refusesCoordinatesThatAreNotThere() {
        #expect(throws: TensorError.indexOutOfRange(operator: "GatherND", index: 2, limit: 2)) {
            try gatherND(x, Tensor([1, 2], [Int32(0), 2]))
        }
        #expect(throws: TensorError.self) { try gatherND(x, Tensor([1, 4], [Int32(0), 0, 0, 0])) }
        #expect(throws: TensorError.self) { try scatterND(Tensor([1, 1], [Int32(4)]), Tensor([1], [1]), shape: [4]) }
    }
}
