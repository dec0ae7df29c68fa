import Operators
import TensorCore
import TestSupport
import Testing

struct ExponentialTests {
    @Test func isOneAtZero() throws {
        #expect(try isClose(exp(Tensor([3], [0, -.infinity, 1])), [1, 0, 2.718_281_7]))
    }

    @Test func overflowsToInfinity() throws {
        #expect(try exp(Tensor(89)).values == [.infinity])
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try exp(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Exponential", received: .bool)) {
            try exp(Tensor([1], [true]))
        }
    }
}
