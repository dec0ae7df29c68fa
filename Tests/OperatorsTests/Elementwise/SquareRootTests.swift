import Operators
import TensorCore
import TestSupport
import Testing

struct SquareRootTests {
    @Test func isTheSideOfASquare() throws {
        #expect(try isClose(sqrt(Tensor([3], [4, 2.25, 0])), [2, 1.5, 0]))
    }

    @Test func ofWhatIsBelowZeroIsNaN() throws {
        #expect(try sqrt(Tensor(-1)).values[0].isNaN)
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try sqrt(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "SquareRoot", received: .bool)) {
            try sqrt(Tensor([1], [true]))
        }
    }
}
