import Operators
import TensorCore
import TestSupport
import Testing

struct ReciprocalTests {
    @Test func turnsAFractionOver() throws {
        #expect(try isClose(reciprocal(Tensor([2], [4, -0.5])), [0.25, -2]))
    }

    @Test func ofZeroIsInfinite() throws {
        #expect(try isClose(reciprocal(Tensor([2], [0, -0.0])), [.infinity, -.infinity]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try reciprocal(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Reciprocal", received: .bool)) {
            try reciprocal(Tensor([1], [true]))
        }
    }
}
