import Operators
import TensorCore
import TestSupport
import Testing

struct ErrorFunctionTests {
    @Test func runsFromMinusOneToOne() throws {
        #expect(try isClose(erf(Tensor([4], [0, .infinity, -.infinity, 1])), [0, 1, -1, 0.842_700_8]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try erf(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "ErrorFunction", received: .bool)) {
            try erf(Tensor([1], [true]))
        }
    }
}
