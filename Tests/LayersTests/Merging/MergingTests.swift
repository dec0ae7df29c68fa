import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct MergingTests {
    private let x = Tensor([1, 2], [1, 5])
    private let y = Tensor([1, 2], [4, 2])
    private let z = Tensor([1, 2], [3, 3])

    @Test func combinesElementByElement() throws {
        #expect(try Add()([x, y, z])[0].values == [8, 10])
        #expect(try Average()([x, y])[0].values == [2.5, 3.5])
        #expect(try Maximum()([x, y, z])[0].values == [4, 5])
        #expect(try Minimum()([x, y, z])[0].values == [1, 2])
        #expect(try Multiply()([x, y, z])[0].values == [12, 30])
        #expect(try Subtract()([x, y])[0].values == [-3, 3])
    }

    @Test func inputsWithFewerAxesGetNewOnesAfterTheBatch() throws {
        #expect(try Add()([sample([2, 3, 4]), sample([2, 4])])[0].shape == [2, 3, 4])
        #expect(performing: { try Add()([x, sample([1, 3])]) }, throws: key(.value, "incompatible shapes"))
    }

    @Test func putsSideBySide() throws {
        #expect(try Concatenate()([x, y])[0].values == [1, 5, 4, 2])
        #expect(try Concatenate(axis: 1)([sample([2, 1, 3]), sample([2, 2, 3])])[0].shape == [2, 3, 3])
        #expect(throws: (any Error).self) { try Concatenate(axis: 1)([sample([2, 1, 3]), sample([2, 2, 4])]) }
    }

    @Test func multipliesAndSums() throws {
        #expect(try Dot(axes: (1, 1))([x, y])[0].values == [14])
        let cosine = 14 / (26.0 * 20).squareRoot()
        #expect(agree(try Dot(axes: (1, 1), normalizes: true)([x, y])[0], [cosine]))
        let (left, right) = (sample([2, 3, 4]), sample([2, 4, 5]))
        #expect(agree(try Dot(axes: (2, 1))([left, right])[0], try matmul(left, right).values.map(Double.init)))
        #expect(performing: { try Dot(axes: (1, 1))([x, sample([1, 3])]) }, throws: key(.value, "axis values 2"))
    }

    @Test func countsItsInputs() {
        #expect(performing: { try Subtract()([x, y, z]) }, throws: key(.value, "exactly 2 inputs"))
        #expect(performing: { try Dot(axes: (1, 1))(x) }, throws: key(.value, "exactly 2 inputs"))
    }
}
