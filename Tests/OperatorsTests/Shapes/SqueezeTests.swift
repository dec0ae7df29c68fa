import Operators
import TensorCore
import TestSupport
import Testing

struct SqueezeTests {
    @Test func takesAxesOfOneAway() throws {
        let x = sample([1, 3, 1])
        #expect(try squeeze(x).shape == [3])
        #expect(try squeeze(x, axes: [-1]).shape == [1, 3])
        #expect(try squeeze(x).pointer == x.pointer)
    }

    @Test func refusesOthers() {
        #expect(
            throws: TensorError.invalidArgument(operator: "Squeeze", message: "axis 1 of [1, 3] has not the extent 1")
        ) { try squeeze(sample([1, 3]), axes: [1]) }
    }
}
