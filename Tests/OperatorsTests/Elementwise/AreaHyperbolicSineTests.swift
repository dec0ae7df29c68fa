import Operators
import TensorCore
import TestSupport
import Testing

struct AreaHyperbolicSineTests {
    @Test func turnsTheHyperbolicSineBack() throws {
        #expect(try isClose(asinh(Tensor([2], [0, 1.175_201_2])), [0, 1]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try asinh(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "AreaHyperbolicSine", received: .bool)) {
            try asinh(Tensor([1], [true]))
        }
    }
}
