import Operators
import TensorCore
import TestSupport
import Testing

struct HardSigmoidTests {
    @Test func isThreeStraightLines() throws {
        #expect(try isClose(hardSigmoid(Tensor([4], [-3, 0, 1, 3])), [0, 0.5, 0.7, 1]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try hardSigmoid(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [1, 0])
    }

    @Test func itsSlopeAtTheCornersIsTheReferences() throws {
        let x = Tensor([4], [-2.5, 0, 2.5, 3])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try hardSigmoid(x) }
        #expect(try isClose(#require(try tape.gradient(of: y, withRespectTo: x)), [0.2, 0.2, 0.2, 0]))
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "HardSigmoid", received: .int32)) {
            try hardSigmoid(Tensor([1], [Int32(1)]))
        }
    }
}
