import TensorCore
import Testing

struct ShapeTests {
    @Test func countsItsElements() {
        #expect(Shape([2, 3, 4]).elementCount == 24)
        #expect(Shape().elementCount == 1)
        #expect(Shape([5, 0, 7]).elementCount == 0)
    }

    @Test func countsNoFurtherThanAnIntegerGoes() {
        #expect(Shape(Array(repeating: Shape.extentMax, count: 8)).elementCount == Int.max)
        #expect(TensorSpec(Shape(Array(repeating: Shape.extentMax, count: 3)), .float64).byteCount == Int.max)
    }

    @Test func readsAsAClientWouldWriteIt() {
        let shape: Shape = [nil, 8]
        #expect(shape.description == "[?, 8]")
        #expect(!shape.isKnown)
    }

    @Test func acceptsWhatFitsItsUnknowns() {
        let shape: Shape = [nil, 8]
        #expect(shape.accepts([3, 8]))
        #expect(!shape.accepts([3, 7]))
        #expect(!shape.accepts([8]))
    }

    @Test func refusesWhatNoTensorHas() {
        #expect(throws: TensorError.shapeTooLarge(extents: [1, 1, 1, 1, 1, 1, 1, 1, 1])) {
            try Shape(checking: Array(repeating: 1, count: 9))
        }
        #expect(throws: TensorError.shapeTooLarge(extents: [1 << 31])) { try Shape(checking: [1 << 31]) }
        #expect(throws: TensorError.shapeTooLarge(extents: [-1])) { try Shape(checking: [-1]) }
    }

    @Test func equalsAndHashesByItsExtentsAlone() {
        var grown: Shape = [2]
        grown.append(3)
        #expect(grown == [2, 3])
        #expect(Set([grown, [2, 3]]).count == 1)
        #expect(Shape([2]) != [2, 1])
    }
}
