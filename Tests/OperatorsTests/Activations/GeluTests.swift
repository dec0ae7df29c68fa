import Operators
import TensorCore
import TestSupport
import Testing

struct GeluTests {
    @Test func isTheInputTimesItsRank() throws {
        #expect(try isClose(gelu(Tensor([2], [0, 1])), [0, 0.841_344_7]))
    }

    @Test func theFormWithTanhIsClose() throws {
        #expect(try isClose(gelu(Tensor([2], [0, 1]), approximately: true), [0, 0.841_192]))
    }

    @Test(arguments: [false, true])
    func keepsNaNAndKnowsBothInfinities(approximately: Bool) throws {
        let y = try gelu(Tensor([3], [.nan, .infinity, -.infinity]), approximately: approximately).values
        #expect(y[0].isNaN)
        #expect(Array(y[1...]) == [.infinity, 0])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Gelu", received: .int32)) {
            try { try gelu($0) }(Tensor([1], [Int32(1)]))
        }
    }
}
