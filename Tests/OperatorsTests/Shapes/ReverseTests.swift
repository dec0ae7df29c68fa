import Operators
import TensorCore
import Testing

struct ReverseTests {
    @Test func turnsAxesRound() throws {
        let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        #expect(try reverse(x, axes: [0]).values == [4, 5, 6, 1, 2, 3])
        #expect(try reverse(x, axes: [-1]).values == [3, 2, 1, 6, 5, 4])
        #expect(try reverse(x, axes: [0, 1]).values == [6, 5, 4, 3, 2, 1])
        #expect(try reverse(x, axes: []).values == x.values)
        #expect(try reverse(Tensor([0, 2], [Float]()), axes: [0, 1]).shape == [0, 2])
    }

    @Test func refusesAnAxisTwice() {
        #expect(throws: TensorError.invalidArgument(operator: "Reverse", message: "axis -1 is given twice")) {
            try reverse(Tensor([2], [1, 2]), axes: [0, -1])
        }
    }
}
