import Operators
import TensorCore
import Testing

struct TakeAlongAxisTests {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])

    @Test func takesOneElementForEachIndex() throws {
        #expect(try takeAlongAxis(x, Tensor([2, 1], [Int32(2), 0]), axis: 1).values == [3, 4])
        #expect(try takeAlongAxis(x, Tensor([1, 3], [Int64(1), 0, 1]), axis: 0).values == [4, 2, 6])
        #expect(
            try takeAlongAxis(Tensor([2], [UInt8(7), 9]), Tensor([3], [Int64(1), 1, 0]), axis: 0).scalars(UInt8.self)
                == [9, 9, 7])
    }

    @Test func refusesPlacesThatAreNotThere() {
        #expect(throws: TensorError.indexOutOfRange(operator: "TakeAlongAxis", index: 3, limit: 3)) {
            try takeAlongAxis(x, Tensor([2, 1], [Int32(3), 0]), axis: 1)
        }
        #expect(throws: TensorError.self) { try takeAlongAxis(x, Tensor([1, 1], [Int32(0)]), axis: 1) }
    }
}
