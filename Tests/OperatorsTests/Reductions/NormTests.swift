import Operators
import TensorCore
import TestSupport
import Testing

struct NormTests {
    let x = Tensor([2, 2], [3, -4, 0, 0])

    @Test func measuresInThreeWays() throws {
        #expect(try norm(x, .one).values == [7])
        #expect(try norm(x).values == [5])
        #expect(try norm(x, .frobenius, axes: [0, 1]).values == [5])
        #expect(try norm(x, .infinity, axes: [1]).values == [4, 0])
    }

    @Test func ofZeroHasNoSlope() throws {
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try norm(x, axes: [1]) }
        #expect(try isClose(#require(try tape.gradient(of: y, withRespectTo: x)), [0.6, -0.8, 0, 0]))
    }
}
