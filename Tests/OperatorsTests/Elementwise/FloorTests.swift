import Operators
import TensorCore
import TestSupport
import Testing

struct FloorTests {
    @Test func goesDown() throws {
        #expect(try isClose(floor(Tensor([3], [1.5, -1.5, 2])), [1, -2, 2]))
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try floor(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Floor", received: .bool)) {
            try floor(Tensor([1], [true]))
        }
    }
}
