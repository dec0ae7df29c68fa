import Operators
import TensorCore
import TestSupport
import Testing

struct FlattenTests {
    @Test func makesTheLastAxesOne() throws {
        let x = sample([2, 3, 4])
        #expect(try flatten(x).shape == [2, 12])
        #expect(try flatten(x).pointer == x.pointer)
        #expect(try flatten(x, from: 0).shape == [24])
        #expect(try flatten(x, from: -1).shape == [2, 3, 4])
        #expect(try flatten(x, from: 3).shape == [2, 3, 4, 1])
        #expect(try flatten(Tensor(1), from: 0).shape == [1])
        #expect(try flatten(Tensor([0, 2, 3], [Float]())).shape == [0, 6])
    }

    @Test func refusesAxesThatAreNotThere() {
        #expect(throws: TensorError.axisOutOfRange(operator: "Flatten", axis: 4, shape: [2])) {
            try flatten(sample([2]), from: 4)
        }
    }
}
