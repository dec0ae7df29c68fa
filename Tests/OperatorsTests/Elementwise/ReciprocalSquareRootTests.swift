import Operators
import TensorCore
import TestSupport
import Testing

struct ReciprocalSquareRootTests {
    @Test func isOneOverTheRoot() throws {
        #expect(try isClose(rsqrt(Tensor([2], [4, 0.25])), [0.5, 2]))
    }

    @Test func knowsZeroAndInfinity() throws {
        #expect(try isClose(rsqrt(Tensor([2], [0, .infinity])), [.infinity, 0]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try rsqrt(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "ReciprocalSquareRoot", received: .bool)) {
            try rsqrt(Tensor([1], [true]))
        }
    }
}
