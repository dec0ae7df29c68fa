import Operators
import TensorCore
import Testing

struct ModTests {
    @Test func hasTheSignOfTheDivisor() throws {
        let x = Tensor([4], [Int32(7), -7, 7, -7])
        let y = Tensor([4], [Int32(3), 3, -3, -3])
        #expect(try mod(x, y).scalars(Int32.self) == [1, 2, -2, -1])
        #expect(try mod(Tensor([4], [7, -7, 7, -7]), Tensor([4], [3, 3, -3, -3])).values == [1, 2, -2, -1])
    }

    @Test func truncatedItHasTheSignOfTheDividend() throws {
        let x = Tensor([4], [Int32(7), -7, 7, -7])
        let y = Tensor([4], [Int32(3), 3, -3, -3])
        #expect(try truncateMod(x, y).scalars(Int32.self) == [1, -1, 1, -1])
    }

    @Test func ofTheLeastByMinusOneIsZero() throws {
        #expect(try mod(Tensor([1], [Int64.min]), Tensor([1], [Int64(-1)])).scalars(Int64.self) == [0])
    }

    @Test func refusesAWholeZero() {
        #expect(throws: TensorError.invalidArgument(operator: "Mod", message: "division by zero")) {
            try mod(Tensor([1], [Int32(1)]), Tensor([1], [Int32(0)]))
        }
    }
}
