import Operators
import TensorCore
import TestSupport
import Testing

struct SoftplusTests {
    @Test func isTheLogarithmOfTwoAtZero() throws {
        #expect(try isClose(softplus(Tensor([3], [0, 100, -100])), [0.693_147_2, 100, 27 * .leastNonzeroMagnitude]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try softplus(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [.infinity, 0])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Softplus", received: .int32)) {
            try softplus(Tensor([1], [Int32(1)]))
        }
    }
}
