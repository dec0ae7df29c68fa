import Operators
import TensorCore
import Testing

struct SquaredDifferenceTests {
    @Test func squaresWhatLiesBetween() throws {
        #expect(try squaredDifference(Tensor([2, 1], [1, 5]), Tensor([2], [3, 4])).values == [4, 9, 4, 1])
        #expect(
            try squaredDifference(Tensor([1], [UInt8(3)]), Tensor([1], [UInt8(5)])).scalars(UInt8.self) == [4])
    }
}
