import Operators
import TensorCore
import TestSupport
import Testing

struct CeilingTests {
    @Test func goesUp() throws {
        #expect(try isClose(ceil(Tensor([3], [1.5, -1.5, 2])), [2, -1, 2]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try ceil(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Ceiling", received: .bool)) {
            try ceil(Tensor([1], [true]))
        }
    }
}
