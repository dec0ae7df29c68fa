import Operators
import TensorCore
import TestSupport
import Testing

struct LeakyReluTests {
    @Test func leavesAFractionBelowZero() throws {
        #expect(try isClose(leakyRelu(Tensor([3], [-2, 0, 3]), slope: 0.1), [-0.2, 0, 3]))
    }

    @Test func itsSlopeAtTheCornersIsTheReferences() throws {
        let x = Tensor([3], [-1, 0, 1])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try leakyRelu(x, slope: 0.1) }
        #expect(try isClose(#require(try tape.gradient(of: y, withRespectTo: x)), [0.1, 0.1, 1]))
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "LeakyRelu", received: .int32)) {
            try { try leakyRelu($0) }(Tensor([1], [Int32(1)]))
        }
    }
}
