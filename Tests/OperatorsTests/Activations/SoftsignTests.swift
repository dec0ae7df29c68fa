import Operators
import TensorCore
import TestSupport
import Testing

struct SoftsignTests {
    @Test func isAHalfAtOne() throws {
        #expect(try isClose(softsign(Tensor([3], [1, -3, 0])), [0.5, -0.75, 0]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try softsign(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [1, -1])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Softsign", received: .int32)) {
            try softsign(Tensor([1], [Int32(1)]))
        }
    }
}
