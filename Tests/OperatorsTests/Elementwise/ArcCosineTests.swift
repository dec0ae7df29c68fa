import Operators
import TensorCore
import TestSupport
import Testing

struct ArcCosineTests {
    @Test func isAHalfTurnAtMinusOne() throws {
        #expect(try isClose(acos(Tensor([2], [1, -1])), [0, 3.141_592_7]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try acos(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "ArcCosine", received: .bool)) {
            try acos(Tensor([1], [true]))
        }
    }
}
