import Operators
import TensorCore
import TestSupport
import Testing

struct LogSigmoidTests {
    @Test func isMinusTheLogarithmOfTwoAtZero() throws {
        #expect(try isClose(logSigmoid(Tensor([3], [0, -100, 200])), [-0.693_147_2, -100, 0]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try logSigmoid(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [0, -.infinity])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "LogSigmoid", received: .int32)) {
            try logSigmoid(Tensor([1], [Int32(1)]))
        }
    }
}
