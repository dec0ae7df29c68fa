import Operators
import TensorCore
import Testing

struct IdentityMatrixTests {
    @Test func hasOnesOnItsDiagonal() throws {
        #expect(try Tensor.identityMatrix(2).values == [1, 0, 0, 1])
        #expect(try Tensor.identityMatrix(2, columns: 3).values == [1, 0, 0, 0, 1, 0])
        #expect(try Tensor.identityMatrix(1, batch: [2], .int32).scalars(Int32.self) == [1, 1])
    }

    @Test func countsInRanges() throws {
        #expect(try Tensor.range(to: 3).values == [0, 1, 2])
        #expect(try Tensor.range(from: 5, to: 0, by: -2, .int64).scalars(Int64.self) == [5, 3, 1])
        #expect(try Tensor.range(from: 1, to: 1).shape == [0])
        #expect(try Tensor.linearSpace(from: 0, to: 1, count: 5).values == [0, 0.25, 0.5, 0.75, 1])
        #expect(try Tensor.linearSpace(from: 3, to: 1, count: 1).values == [3])
    }

    @Test func refusesWhatHasNoEnd() {
        #expect(throws: TensorError.self) { try Tensor.range(to: 3, by: 0) }
        #expect(throws: TensorError.shapeTooLarge(extents: [])) { try Tensor.range(to: 1e12) }
        #expect(throws: TensorError.shapeTooLarge(extents: [-1, -1])) { try Tensor.identityMatrix(-1) }
    }
}
