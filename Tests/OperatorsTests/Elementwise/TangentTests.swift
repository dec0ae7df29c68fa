import Operators
import TensorCore
import TestSupport
import Testing

struct TangentTests {
    @Test func isOneAtAnEighthOfATurn() throws {
        #expect(try isClose(tan(Tensor([2], [0, 0.785_398_2])), [0, 1]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try tan(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Tangent", received: .bool)) {
            try tan(Tensor([1], [true]))
        }
    }
}
