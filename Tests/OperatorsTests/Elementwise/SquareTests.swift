import Operators
import TensorCore
import TestSupport
import Testing

struct SquareTests {
    @Test func multipliesByItself() throws {
        #expect(try isClose(square(Tensor([3], [-3, 0.5, 0])), [9, 0.25, 0]))
    }

    @Test func wrapsWholeNumbers() throws {
        #expect(try square(Tensor([1], [UInt8(16)])).scalars(UInt8.self) == [0])
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try square(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Square", received: .bool)) {
            try square(Tensor([1], [true]))
        }
    }
}
