import Operators
import TensorCore
import Testing

struct FloorDivideTests {
    @Test func roundsDownForEverySign() throws {
        let x = Tensor([4], [Int32(7), -7, 7, -7])
        let y = Tensor([4], [Int32(2), 2, -2, -2])
        #expect(try floorDivide(x, y).scalars(Int32.self) == [3, -4, -4, 3])
        #expect(try floorDivide(Tensor([2], [7, -7]), 2).values == [3, -4])
    }

    @Test func wrapsWhereTheQuotientDoesNotFit() throws {
        #expect(try floorDivide(Tensor([1], [Int32.min]), Tensor([1], [Int32(-1)])).scalars(Int32.self) == [.min])
        #expect(try floorDivide(Tensor([1], [Int64.min]), Tensor([1], [Int64(-1)])).scalars(Int64.self) == [.min])
    }

    @Test func refusesAWholeZeroButNotAFloatingOne() throws {
        #expect(throws: TensorError.invalidArgument(operator: "FloorDivide", message: "division by zero")) {
            try floorDivide(Tensor([2], [Int32(1), 2]), Tensor([2], [Int32(1), 0]))
        }
        #expect(try floorDivide(Tensor(1), Tensor(0)).values == [.infinity])
    }
}
