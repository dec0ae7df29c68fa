import Operators
import TensorCore
import TestSupport
import Testing

struct TransposeTests {
    @Test func reordersAxes() throws {
        let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        #expect(try transpose(x).values == [1, 4, 2, 5, 3, 6])
        let y = try transpose(Tensor([2, 1, 3], [1, 2, 3, 4, 5, 6]), [2, 1, 0])
        #expect(y.shape == [3, 1, 2])
        #expect(y.values == [1, 4, 2, 5, 3, 6])
        #expect(try transpose(Tensor(7)).values == [7])
    }

    @Test(arguments: DType.allCases)
    func movesElementsOfAnySize(dtype: DType) throws {
        let x = try cast(Tensor([2, 2], [0, 1, 1, 1]), to: dtype)
        #expect(try cast(transpose(x), to: .float32).values == [0, 1, 1, 1])
        #expect(try cast(transpose(reshape(x, [1, 4]), [1, 0]), to: .float32).values == [0, 1, 1, 1])
    }

    /// Larger than a tile in both directions, and not a multiple of it.
    @Test func agreesWithItselfWrittenOut() throws {
        let x = Tensor([3, 37, 53], (0..<3 * 37 * 53).map { Float($0) })
        let y = try transpose(x, [2, 0, 1])
        let (found, given) = (y.values, x.values)
        for i in 0..<3 {
            for j in 0..<37 { for k in 0..<53 { #expect(found[(k * 3 + i) * 37 + j] == given[(i * 37 + j) * 53 + k]) } }
        }
    }

    @Test(arguments: [[0], [0, 0], [0, 2], [1, 0, 2]])
    func refusesWhatIsNoOrder(order: [Int]) {
        #expect(throws: TensorError.self) { try transpose(sample([2, 3]), order) }
    }
}
