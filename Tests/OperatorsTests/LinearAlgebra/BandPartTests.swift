import Operators
import TensorCore
import Testing

struct BandPartTests {
    let x = Tensor([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])

    @Test func keepsTheDiagonalsAskedFor() throws {
        #expect(try bandPart(x, lower: 0, upper: -1).values == [1, 2, 3, 0, 5, 6, 0, 0, 9])
        #expect(try bandPart(x, lower: 1, upper: 0).values == [1, 0, 0, 4, 5, 0, 0, 8, 9])
        #expect(try bandPart(x, lower: -1, upper: -1).values == x.values)
        #expect(try bandPart(x, lower: .max, upper: 0).values == [1, 0, 0, 4, 5, 0, 7, 8, 9])
    }

    @Test func refusesVectors() {
        #expect(throws: TensorError.rankTooSmall(operator: "BandPart", minimum: 2, received: [2])) {
            try bandPart(Tensor([2], [1, 2]), lower: 0, upper: 0)
        }
    }
}
