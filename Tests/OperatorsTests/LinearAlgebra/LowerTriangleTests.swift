import TensorCore
import TestSupport
import Testing

@testable import Operators

struct LowerTriangleTests {
    @Test func isTrueOnTheDiagonalAndBelow() throws {
        let seen = try lowerTriangle(of: sample([5, 2, 3]))
        #expect(seen.shape == [2, 3])
        #expect(seen.scalars(Bool.self) == [true, false, false, true, true, false])
        #expect(
            try resultInGraph(of: [sample([2, 3])]) { try cast(lowerTriangle(of: $0[0]), to: .float32) }.values == [
                1, 0, 0, 1, 1, 0,
            ])
    }

    @Test func needsAMatrix() {
        #expect(throws: TensorError.rankTooSmall(operator: "LowerTriangle", minimum: 2, received: [3])) {
            try lowerTriangle(of: sample([3]))
        }
    }
}
