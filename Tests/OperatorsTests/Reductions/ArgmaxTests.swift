import Operators
import TensorCore
import Testing

struct ArgmaxTests {
    let x = Tensor([2, 3], [1, 5, 5, 4, -4, -4])

    @Test func givesTheFirstPlace() throws {
        #expect(try argmax(x, axis: 1).scalars(Int64.self) == [1, 0])
        #expect(try argmin(x, axis: 1).scalars(Int64.self) == [0, 1])
        #expect(try argmax(x, axis: 0).scalars(Int64.self) == [1, 0, 0])
        #expect(try argmax(Tensor([3], [UInt8(1), 200, 3]), axis: 0).scalars(Int64.self) == [1])
    }

    @Test func theFirstNaNIsBoth() throws {
        let x = Tensor([4], [1, .nan, 9, .nan])
        #expect(try argmax(x, axis: 0).scalars(Int64.self) == [1])
        #expect(try argmin(x, axis: 0).scalars(Int64.self) == [1])
    }

    @Test func refusesAnEmptyAxisButNotAnEmptyTensor() throws {
        #expect(throws: TensorError.invalidArgument(operator: "argmax", message: "axis 1 of [2, 0] is empty")) {
            try argmax(Tensor([2, 0], [Float]()), axis: 1)
        }
        #expect(try argmax(Tensor([0, 2], [Float]()), axis: 1).shape == [0])
    }
}
