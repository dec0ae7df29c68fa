import Layers
import Operators
import TensorCore
import Testing

struct MaskingTests {
    @Test func masksStepsThatAreAllTheNumber() throws {
        let x = Tensor([1, 3, 2], [1, 9, 9, 9, 2, 3])
        let layer = Masking(9)
        #expect(try layer(x).values == [1, 9, 0, 0, 2, 3])
        #expect(try layer.computeMask(Tensors(x), nil)?.scalars(Bool.self) == [true, false, true])
    }
}
