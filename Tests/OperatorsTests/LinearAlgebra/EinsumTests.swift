import Operators
import TensorCore
import TestSupport
import Testing

struct EinsumTests {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
    let y = Tensor([3, 2], [7, 8, 9, 10, 11, 12])

    @Test func knowsTheCommonForms() throws {
        #expect(try einsum("ij,jk->ik", x, y).values == matmul(x, y).values)
        #expect(try einsum("ij,jk", x, y).values == matmul(x, y).values)
        #expect(try einsum("ij->ji", x).values == transpose(x).values)
        #expect(try einsum("ij->", x).values == [21])
        #expect(try einsum("ij->j", x).values == [5, 7, 9])
        #expect(try einsum("ij,ij->i", x, x).values == [14, 77])
        #expect(try einsum("i,j->ij", Tensor([2], [1, 2]), Tensor([2], [3, 4])).values == [3, 4, 6, 8])
        #expect(try einsum("ij,kj->ikj", x, x).shape == [2, 2, 3])
        #expect(try einsum("ji,jk->ik", x, x).values == matmul(transpose(x), x).values)
    }

    @Test func takesDiagonals() throws {
        let square = Tensor([2, 2], [1, 2, 3, 4])
        #expect(try einsum("ii->i", square).values == [1, 4])
        #expect(try einsum("ii", square).values == [5])
        #expect(try einsum("iji->j", Tensor([2, 1, 2], [1, 2, 3, 4])).values == [5])
    }

    @Test func mergesSeveralAxesIntoOneProduct() throws {
        let a = sample([2, 3, 4])
        let b = sample([4, 3, 5])
        let found = try einsum("abc,cbd->da", a, b)
        #expect(found.shape == [5, 2])
        var expected: Float = 0
        for middle in 0..<3 {
            for last in 0..<4 { expected += a.values[12 + middle * 4 + last] * b.values[last * 15 + middle * 5 + 2] }
        }
        #expect(abs(found.values[2 * 2 + 1] - expected) < 1e-5)
    }

    @Test func stretchesEllipses() throws {
        let batch = sample([5, 2, 3])
        #expect(try einsum("...ij,jk->...ik", batch, y).values == matmul(batch, y).values)
        #expect(try einsum("...ij,...jk->...ik", sample([1, 2, 3]), sample([4, 3, 2])).shape == [4, 2, 2])
        #expect(try einsum("...i->...", batch).values == sum(batch, axis: -1).values)
        #expect(try einsum("...", x).values == x.values)
    }

    @Test func takesManyOperands() throws {
        let found = try einsum("ij,jk,kl->il", x, y, x)
        #expect(try found.values == matmul(matmul(x, y), x).values)
        #expect(
            try einsum("i,i,i->i", Tensor([2], [1, 2]), Tensor([2], [3, 4]), Tensor([2], [5, 6])).values == [15, 48])
    }

    @Test func multipliesWholeNumbersWhereNothingIsSummed() throws {
        let whole = Tensor([2], [Int32(2), 3])
        #expect(try einsum("i,j->ij", whole, whole).scalars(Int32.self) == [4, 6, 6, 9])
    }

    @Test(
        arguments: [
            "ij", "ij,jk->iz", "ij,jk->ii", "i,jk->k", "ij,j.k->i", "ij,jk->ik->i", "ij,jk>ik", "i1,jk->ik", "",
            "ij,jk,kl->i", "....ij,jk->ik", "ij,jk->i...k...",
        ])
    func refusesEquationsThatDoNotFit(equation: String) {
        #expect(throws: TensorError.self) { try einsum(equation, x, y) }
    }

    @Test func refusesExtentsThatDiffer() {
        #expect(throws: TensorError.self) { try einsum("ij,jk->ik", x, x) }
        #expect(throws: TensorError.self) { try einsum("ii->i", x) }
        #expect(throws: TensorError.self) { try einsum("") }
    }
}
