import Operators
import TensorCore
import TestSupport
import Testing

struct ReluTests {
    @Test func keepsWhatIsPositive() throws {
        #expect(try isClose(relu(Tensor([4], [-1, 0, 2, -0.0])), [0, 0, 2, 0]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try relu(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [.infinity, 0])
    }

    @Test func itsSlopeAtTheCornersIsTheReferences() throws {
        let x = Tensor([3], [-1, 0, 1])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try relu(x) }
        #expect(try isClose(#require(try tape.gradient(of: y, withRespectTo: x)), [0, 0, 1]))
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Relu", received: .int32)) {
            try relu(Tensor([1], [Int32(1)]))
        }
    }
}
