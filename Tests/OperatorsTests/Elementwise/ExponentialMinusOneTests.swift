import Operators
import TensorCore
import TestSupport
import Testing

struct ExponentialMinusOneTests {
    @Test func keepsSmallNumbers() throws {
        #expect(try isClose(expm1(Tensor([3], [0, 1e-20, -.infinity])), [0, 1e-20, -1]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try expm1(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "ExponentialMinusOne", received: .bool)) {
            try expm1(Tensor([1], [true]))
        }
    }
}
