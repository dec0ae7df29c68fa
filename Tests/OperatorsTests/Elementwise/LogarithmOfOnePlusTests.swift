import Operators
import TensorCore
import TestSupport
import Testing

struct LogarithmOfOnePlusTests {
    @Test func keepsSmallNumbers() throws {
        #expect(try isClose(log1p(Tensor([3], [0, 1e-20, -1])), [0, 1e-20, -.infinity]))
    }

    @Test func belowMinusOneIsNaN() throws {
        #expect(try log1p(Tensor(-1.5)).values[0].isNaN)
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try log1p(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "LogarithmOfOnePlus", received: .bool)) {
            try log1p(Tensor([1], [true]))
        }
    }
}
