import Operators
import TensorCore
import TestSupport
import Testing

struct LogarithmTests {
    @Test func isZeroAtOne() throws {
        #expect(try isClose(log(Tensor([3], [1, 0, .infinity])), [0, -.infinity, .infinity]))
    }

    @Test func belowZeroIsNaN() throws {
        #expect(try log(Tensor(-1)).values[0].isNaN)
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try log(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Logarithm", received: .bool)) {
            try log(Tensor([1], [true]))
        }
    }
}
