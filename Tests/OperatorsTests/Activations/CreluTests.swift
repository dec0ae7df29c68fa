import Operators
import TensorCore
import Testing

struct CreluTests {
    @Test func putsBothSignsSideBySide() throws {
        let y = try crelu(Tensor([1, 2], [-1, 2]))
        #expect(y.shape == [1, 4])
        #expect(y.values == [0, 2, 1, 0])
        #expect(try crelu(Tensor([1, 2], [-1, 2]), axis: 0).values == [0, 2, 1, 0])
    }

    @Test func refusesAxesThatAreNotThereAndBooleans() {
        #expect(throws: TensorError.self) { try crelu(Tensor([1, 2], [-1, 2]), axis: 2) }
        #expect(throws: TensorError.self) { try crelu(Tensor(1)) }
        #expect(throws: TensorError.self) { try crelu(Tensor([1], [true])) }
    }
}
