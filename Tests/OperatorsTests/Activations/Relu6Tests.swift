import Operators
import TensorCore
import TestSupport
import Testing

struct Relu6Tests {
    @Test func liesBetweenZeroAndSix() throws {
        #expect(try isClose(relu6(Tensor([4], [-1, 3, 6, 7])), [0, 3, 6, 6]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try relu6(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [6, 0])
    }

    @Test func itsSlopeAtTheCornersIsTheReferences() throws {
        let x = Tensor([5], [-1, 0, 1, 6, 7])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try relu6(x) }
        #expect(try isClose(#require(try tape.gradient(of: y, withRespectTo: x)), [0, 0, 1, 0, 0]))
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Relu6", received: .int32)) {
            try relu6(Tensor([1], [Int32(1)]))
        }
    }
}
