import Operators
import TensorCore
import TestSupport
import Testing

struct ArcSineTests {
    @Test func isAQuarterTurnAtOne() throws {
        #expect(try isClose(asin(Tensor([2], [0, 1])), [0, 1.570_796_4]))
    }

    @Test func outsideItsIntervalIsNaN() throws {
        #expect(try asin(Tensor(1.5)).values[0].isNaN)
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try asin(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "ArcSine", received: .bool)) {
            try asin(Tensor([1], [true]))
        }
    }
}
