import Operators
import TensorCore
import Testing

struct SquaredDifferenceTests {
    @Test func squaresWhatLiesBetween() throws {
        #expect(try squaredDifference(Tensor([2, 1], [1, 5]), Tensor([2], [3, 4])).values == [4, 9, 4, 1])
        #expect(
            try squaredDifference(Tensor([1], [UInt8(3)]), Tensor([1], [UInt8(5)])).scalars(UInt8.self) == [4])
    }

    @Test func refusesBooleansAndShapesThatDoNotMatch() {
        #expect(throws: TensorError.unsupportedDType(operator: "SquaredDifference", received: .bool)) {
            try squaredDifference(Tensor([1], [true]), Tensor([1], [false]))
        }
        #expect(
            throws: TensorError.shapeMismatch(
                operator: "SquaredDifference", left: [3], right: [2],
                rule: "axes from the last must be equal, or one of them 1")
        ) { try squaredDifference(Tensor([3], [1, 2, 3]), Tensor([2], [1, 2])) }
    }
}
