import Operators
import TensorCore
import Testing

struct OneHotTests {
    @Test func putsAOneAtEachIndex() throws {
        #expect(try oneHot(Tensor([2], [Int32(1), 0]), depth: 3).values == [0, 1, 0, 1, 0, 0])
        #expect(try oneHot(Tensor([2], [Int64(1), 0]), depth: 2, axis: 0).values == [0, 1, 1, 0])
        #expect(
            try oneHot(Tensor([], [Int32(1)]), depth: 2, on: 5, off: -1, dtype: .int8).scalars(Int8.self) == [-1, 5])
    }

    @Test func indicesOutsideGiveZeros() throws {
        #expect(try oneHot(Tensor([2], [Int32(-1), 9]), depth: 2).values == [0, 0, 0, 0])
    }

    @Test func refusesFloatingIndicesAndNegativeDepths() {
        #expect(throws: TensorError.unsupportedDType(operator: "OneHot", received: .float32)) {
            try oneHot(Tensor(1), depth: 2)
        }
        #expect(throws: TensorError.invalidArgument(operator: "OneHot", message: "a depth of -1")) {
            try oneHot(Tensor([], [Int32(1)]), depth: -1)
        }
    }
}
