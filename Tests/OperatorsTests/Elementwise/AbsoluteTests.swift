import Operators
import TensorCore
import TestSupport
import Testing

struct AbsoluteTests {
    @Test func dropsTheSign() throws {
        #expect(try isClose(abs(Tensor([3], [-2, 0, 3])), [2, 0, 3]))
    }

    @Test func worksOnWholeNumbersWhoseLeastStaysItself() throws {
        #expect(try abs(Tensor([2], [Int8(-5), .min])).scalars(Int8.self) == [5, .min])
        #expect(try abs(Tensor([1], [UInt8(200)])).scalars(UInt8.self) == [200])
    }

    @Test func takesDoublesAndNothingAtAll() throws {
        #expect(try abs(Tensor([0, 2], [Double]())).spec == TensorSpec([0, 2], .float64))
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "Absolute", received: .bool)) {
            try abs(Tensor([1], [true]))
        }
    }
}
