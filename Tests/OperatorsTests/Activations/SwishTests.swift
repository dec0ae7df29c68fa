import Operators
import TensorCore
import TestSupport
import Testing

struct SwishTests {
    @Test func isTheSigmoidTimesItsInput() throws {
        #expect(try isClose(swish(Tensor([2], [0, 1])), [0, 0.731_058_6]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try swish(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [.infinity, 0])
    }

    @Test func siluIsTheSame() throws {
        #expect(try silu(Tensor(2)).values == swish(Tensor(2)).values)
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Swish", received: .int32)) {
            try swish(Tensor([1], [Int32(1)]))
        }
    }
}
