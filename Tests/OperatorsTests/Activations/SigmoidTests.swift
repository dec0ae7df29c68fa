import Operators
import TensorCore
import TestSupport
import Testing

struct SigmoidTests {
    @Test func isAHalfAtZero() throws {
        #expect(try isClose(sigmoid(Tensor([2], [0, 1])), [0.5, 0.731_058_6]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try sigmoid(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [1, 0])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Sigmoid", received: .int32)) {
            try sigmoid(Tensor([1], [Int32(1)]))
        }
    }
}
