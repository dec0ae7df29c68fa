import Operators
import TensorCore
import Testing

struct MeanTests {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 9])

    @Test func dividesTheSumByTheCount() throws {
        #expect(try mean(x).values == [4])
        #expect(try mean(x, axis: 0).values == [2.5, 3.5, 6])
        #expect(try mean(x, axis: -1, keepingDimension: true).shape == [2, 1])
        // A third of three is one, whatever a rounded third times three is.
        #expect(try mean(Tensor([49], Array(repeating: 7, count: 49))).values == [7])
    }

    @Test func ofNothingIsNaN() throws {
        #expect(try mean(Tensor([0], [Float]())).values[0].isNaN)
        #expect(try mean(Tensor([0, 2], [Float]()), axis: 1).shape == [0])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Mean", received: .int32)) {
            try mean(Tensor([2], [Int32(1), 2]))
        }
    }
}
