import Operators
import TensorCore
import TestSupport
import Testing

struct SignTests {
    @Test func isOneOrZeroOrMinusOne() throws {
        #expect(try isClose(sign(Tensor([3], [-3, 0, 5])), [-1, 0, 1]))
    }

    @Test func ofNaNIsNaN() throws {
        #expect(try sign(Tensor(.nan)).values[0].isNaN)
    }

    @Test func worksOnWholeNumbers() throws {
        #expect(try sign(Tensor([3], [Int64(-9), 0, 4])).scalars(Int64.self) == [-1, 0, 1])
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try sign(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Sign", received: .bool)) {
            try sign(Tensor([1], [true]))
        }
    }
}
