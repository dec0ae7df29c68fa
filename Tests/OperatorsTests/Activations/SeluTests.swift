import Operators
import TensorCore
import TestSupport
import Testing

struct SeluTests {
    @Test func scalesAnElu() throws {
        #expect(try isClose(selu(Tensor([2], [1, -1])), [1.050_701, -1.111_330_7]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try selu(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [.infinity, -1.758_099_3])
    }

    @Test func itsSlopeAtTheCornersIsTheReferences() throws {
        let x = Tensor([2], [0, 1])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try selu(x) }
        #expect(try isClose(#require(try tape.gradient(of: y, withRespectTo: x)), [1.050_701, 1.050_701]))
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Selu", received: .int32)) {
            try selu(Tensor([1], [Int32(1)]))
        }
    }
}
