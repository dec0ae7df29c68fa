import Operators
import TensorCore
import TestSupport
import Testing

struct RoundTests {
    @Test func givesHalvesToTheEvenNumber() throws {
        #expect(try isClose(round(Tensor([5], [0.5, 1.5, 2.5, -0.5, 1.2])), [0, 2, 2, 0, 1]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try round(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Round", received: .bool)) {
            try round(Tensor([1], [true]))
        }
    }
}
