import Operators
import TensorCore
import TestSupport
import Testing

struct ArcTangentTests {
    @Test func isAnEighthOfATurnAtOne() throws {
        #expect(try isClose(atan(Tensor([3], [0, 1, .infinity])), [0, 0.785_398_2, 1.570_796_4]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try atan(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "ArcTangent", received: .bool)) {
            try atan(Tensor([1], [true]))
        }
    }
}
