import Operators
import TensorCore
import Testing

struct DiagonalTests {
    @Test func putsVectorsOnDiagonalsAndTakesThemBack() throws {
        let x = Tensor([2, 2], [1, 2, 3, 4])
        let matrices = try diagonal(x)
        #expect(matrices.shape == [2, 2, 2])
        #expect(matrices.values == [1, 0, 0, 2, 3, 0, 0, 4])
        #expect(try diagonalPart(matrices).values == x.values)
        #expect(try diagonalPart(Tensor([2, 3], [1, 2, 3, 4, 5, 6])).values == [1, 5])
        #expect(try trace(Tensor([2, 2], [1, 2, 3, 4])).values == [5])
    }

    @Test func worksOnAnyDType() throws {
        #expect(try diagonal(Tensor([2], [true, true])).scalars(Bool.self) == [true, false, false, true])
    }

    @Test func refusesWhatHasNoDiagonal() {
        #expect(throws: TensorError.rankTooSmall(operator: "DiagonalPart", minimum: 2, received: [2])) {
            try diagonalPart(Tensor([2], [1, 2]))
        }
        #expect(throws: TensorError.self) { try diagonal(Tensor(1)) }
    }
}
