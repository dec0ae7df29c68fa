import TensorCore
import TestSupport
import Testing

@testable import Operators

struct ShapeOperatorTests {
    @Test func reshapeSharesTheElements() throws {
        let x = sample([2, 6])
        let y = try reshape(x, [3, -1])
        #expect(y.shape == [3, 4])
        #expect(y.pointer == x.pointer)
    }

    @Test func reshapeRefusesAnotherNumberOfElements() {
        #expect(throws: TensorError.self) { try reshape(sample([2, 3]), [4, -1]) }
        #expect(throws: TensorError.self) { try reshape(sample([2, 3]), [7]) }
        #expect(throws: TensorError.self) { try reshape(sample([2, 3]), [-1, -1]) }
    }

    @Test func splitGivesSeveralOutputsAndConcatenateJoinsThem() throws {
        let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        let parts = try split(x, sizes: [1, 2], axis: 1)
        #expect(parts.map(\.values) == [[1, 4], [2, 3, 5, 6]])
        #expect(try concatenate(parts, axis: 1).values == x.values)
        #expect(try split(x, sizes: [2, 0]).map(\.shape) == [[2, 3], [0, 3]])
    }

    @Test func gradientsFlowThroughSomeOfTheParts() throws {
        let error = try gradientError(at: sample([2, 4])) { x in
            let parts = try split(x * x, sizes: [1, 1, 2], axis: 1)
            return try concatenate([parts[2], parts[0]], axis: 1)
        }
        #expect(error < 1e-8)
    }

    @Test func splitRefusesSizesThatDoNotAddUp() {
        #expect(throws: TensorError.self) { try split(sample([2, 3]), sizes: [1, 1], axis: 1) }
        #expect(throws: TensorError.self) { try split(sample([2, 3]), sizes: [4, -1], axis: 1) }
    }

    @Test func concatenateRefusesOtherExtents() {
        #expect(throws: TensorError.self) { try concatenate([sample([2, 3]), sample([3, 3])], axis: 1) }
        #expect(throws: TensorError.self) { try concatenate([]) }
    }
}
