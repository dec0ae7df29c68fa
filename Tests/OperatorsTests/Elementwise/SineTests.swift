import Operators
import TensorCore
import TestSupport
import Testing

struct SineTests {
    @Test func isZeroAtZeroAndOneAtAQuarterTurn() throws {
        #expect(try isClose(sin(Tensor([2], [0, 1.570_796_4])), [0, 1]))
    }

    @Test func isRightFarFromZeroToo() throws {
        // sin of the float nearest to ten million.
        #expect(try isClose(sin(Tensor(1e7)), [0.420_547_8]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try sin(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Sine", received: .bool)) {
            try sin(Tensor([1], [true]))
        }
    }
}
