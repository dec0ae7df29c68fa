import Operators
import TensorCore
import TestSupport
import Testing

struct HyperbolicSineTests {
    @Test func isHalfTheDifferenceOfExponentials() throws {
        #expect(try isClose(sinh(Tensor([2], [0, 1])), [0, 1.175_201_2]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try sinh(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "HyperbolicSine", received: .bool)) {
            try sinh(Tensor([1], [true]))
        }
    }
}
