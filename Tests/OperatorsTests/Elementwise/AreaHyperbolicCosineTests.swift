import Operators
import TensorCore
import TestSupport
import Testing

struct AreaHyperbolicCosineTests {
    @Test func isZeroAtOne() throws {
        #expect(try isClose(acosh(Tensor([2], [1, 1.543_080_7])), [0, 1.000_000_1]))
    }

    @Test func belowOneIsNaN() throws {
        #expect(try acosh(Tensor(0.5)).values[0].isNaN)
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try acosh(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "AreaHyperbolicCosine", received: .bool)) {
            try acosh(Tensor([1], [true]))
        }
    }
}
