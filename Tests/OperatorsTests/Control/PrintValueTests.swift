import TensorCore
import Testing

@testable import Operators

struct PrintValueTests {
    @Test func showsTheFirstElements() {
        #expect(Tensor([2], [1.5, -2]).summary() == "float32[2] 1.5 -2.0")
        #expect(Tensor([3], [Int64.max, 0, 1]).summary(elementsMax: 1) == "int64[3] 9223372036854775807 …")
        #expect(Tensor([1], [true]).summary() == "bool[1] true")
        #expect(Tensor([1], [Float16Bits(0.5 as Float)]).summary() == "float16[1] 0.5")
        #expect(Tensor([0], [Float]()).summary() == "float32[0]")
        #expect(Tensor([1], [0.1]).summary() == "float32[1] 0.1")
    }
}
