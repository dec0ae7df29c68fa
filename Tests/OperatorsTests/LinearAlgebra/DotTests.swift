import Operators
import TensorCore
import Testing

struct DotTests {
    @Test func addsProducts() throws {
        #expect(try dot(Tensor([3], [1, 2, 3]), Tensor([3], [4, 5, 6])).values == [32])
        #expect(try outer(Tensor([2], [1, 2]), Tensor([3], [3, 4, 5])).values == [3, 4, 5, 6, 8, 10])
    }

    @Test func refusesMatrices() {
        #expect(throws: TensorError.rankMismatch(operator: "dot", expected: "vectors", received: [1, 1])) {
            try dot(Tensor([1, 1], [1]), Tensor([1], [1]))
        }
        #expect(throws: TensorError.self) { try dot(Tensor([2], [1, 2]), Tensor([1], [1])) }
    }
}
