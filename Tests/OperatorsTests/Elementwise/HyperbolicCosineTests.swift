import Operators
import TensorCore
import TestSupport
import Testing

struct HyperbolicCosineTests {
    @Test func isHalfTheSumOfExponentials() throws {
        #expect(try isClose(cosh(Tensor([2], [0, 1])), [1, 1.543_080_7]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try cosh(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "HyperbolicCosine", received: .bool)) {
            try cosh(Tensor([1], [true]))
        }
    }
}
