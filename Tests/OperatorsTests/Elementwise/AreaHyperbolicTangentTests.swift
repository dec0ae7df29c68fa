import Operators
import TensorCore
import TestSupport
import Testing

struct AreaHyperbolicTangentTests {
    @Test func isInfiniteAtOne() throws {
        #expect(try isClose(atanh(Tensor([3], [0, 1, 0.5])), [0, .infinity, 0.549_306_15]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try atanh(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "AreaHyperbolicTangent", received: .bool)) {
            try atanh(Tensor([1], [true]))
        }
    }
}
