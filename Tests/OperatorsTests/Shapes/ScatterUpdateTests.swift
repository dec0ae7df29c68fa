import Operators
import TensorCore
import Testing

struct ScatterUpdateTests {
    @Test func putsRowsInPlace() throws {
        let x = Tensor([3, 2], [1, 2, 3, 4, 5, 6])
        let y = try scatterUpdate(x, Tensor([2], [Int32(2), 0]), Tensor([2, 2], [7, 8, 9, 10]))
        #expect(y.values == [9, 10, 3, 4, 7, 8])
        #expect(x.values == [1, 2, 3, 4, 5, 6])
    }

    @Test func refusesRowsThatDoNotFit() {
        #expect(throws: TensorError.self) {
            try scatterUpdate(Tensor([2], [1, 2]), Tensor([1], [Int32(2)]), Tensor([1], [1]))
        }
        #expect(throws: TensorError.self) {
            try scatterUpdate(Tensor([2], [1, 2]), Tensor([1], [Int32(0)]), Tensor([2], [1, 2]))
        }
    }
}
