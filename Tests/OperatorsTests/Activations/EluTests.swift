import Operators
import TensorCore
import TestSupport
import Testing

struct EluTests {
    @Test func levelsOffBelowZero() throws {
        #expect(try isClose(elu(Tensor([3], [-1, 0, 2]), alpha: 2), [-1.264_241_1, 0, 2]))
    }

    @Test func keepsNaNAndKnowsBothInfinities() throws {
        let y = try elu(Tensor([3], [.nan, .infinity, -.infinity])).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [.infinity, -1])
    }

    @Test func itsSlopeAtTheCornersIsTheReferences() throws {
        let x = Tensor([3], [-1, 0, 1])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try elu(x) }
        #expect(try isClose(#require(try tape.gradient(of: y, withRespectTo: x)), [0.367_879_44, 1, 1]))
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Elu", received: .int32)) {
            try { try elu($0) }(Tensor([1], [Int32(1)]))
        }
    }
}
