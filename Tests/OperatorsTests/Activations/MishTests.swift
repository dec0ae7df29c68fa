import Operators
import TensorCore
import TestSupport
import Testing

struct MishTests {
    @Test func isZeroAtZero() throws {
        #expect(try isClose(mish(Tensor([2], [0, 1])), [0, 0.865_098_4]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try mish(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [.infinity, 0])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Mish", received: .int32)) {
            try mish(Tensor([1], [Int32(1)]))
        }
    }
}
