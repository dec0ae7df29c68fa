import Operators
import TensorCore
import TestSupport
import Testing

struct TanhTests {
    @Test func isZeroAtZero() throws {
        #expect(try isClose(tanh(Tensor([2], [0, 1])), [0, 0.761_594_2]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try tanh(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [1, -1])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Tanh", received: .int32)) {
            try tanh(Tensor([1], [Int32(1)]))
        }
    }
}
