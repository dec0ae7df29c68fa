import Operators
import TensorCore
import TestSupport
import Testing

struct CosineTests {
    @Test func isOneAtZeroAndMinusOneAtAHalfTurn() throws {
        #expect(try isClose(cos(Tensor([2], [0, 3.141_592_7])), [1, -1]))
    }

    @Test func ofInfinityIsNaN() throws {
        #expect(try cos(Tensor(.infinity)).values[0].isNaN)
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try cos(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Cosine", received: .bool)) {
            try cos(Tensor([1], [true]))
        }
    }
}
