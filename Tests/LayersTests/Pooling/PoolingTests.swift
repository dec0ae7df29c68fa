import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct PoolingTests {
    /// `[[1, 2, 3], [4, 5, 6], [7, 8, 9]]`
    private let square = Tensor([1, 3, 3, 1], (1...9).map { Float($0) })

    @Test func takesTheLargestOfEachWindow() throws {
        #expect(try MaxPooling2D(2, strides: 1)(square).values == [5, 6, 8, 9])
        #expect(try MaxPooling2D(2)(square).values == [5])
        #expect(try MaxPooling2D(2, padding: .same)(square).values == [5, 6, 8, 9])
        #expect(try MaxPooling2D([1, 3], strides: 1)(square).values == [3, 6, 9])
    }

    @Test func takesTheMeanOfWhatIsReallyThere() throws {
        #expect(try AveragePooling2D(2, strides: 1)(square).values == [3, 4, 6, 7])
        // At the edge a window of four holds two, and one in the corner.
        #expect(try AveragePooling2D(2, padding: .same)(square).values == [3, 4.5, 7.5, 9])
    }

    @Test func channelsMayComeFirst() throws {
        let turned = try reshape(square, [1, 1, 3, 3])
        #expect(try MaxPooling2D(2, strides: 1, dataFormat: .channelsFirst)(turned).shape == [1, 1, 2, 2])
        #expect(try MaxPooling2D(2, strides: 1, dataFormat: .channelsFirst)(turned).values == [5, 6, 8, 9])
        #expect(try AveragePooling1D(3, dataFormat: .channelsFirst)(reshape(square, [1, 3, 3])).values == [2, 5, 8])
    }

    @Test func theGradientGoesToTheFirstLargest() throws {
        let x = Tensor([1, 4, 1], [2, 2, 1, 3])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try MaxPooling1D(2)(x) }
        #expect(try tape.gradient(of: y, withRespectTo: x)?.values == [1, 0, 0, 1])
    }

    @Test func globalPoolingLeavesOneForEachChannel() throws {
        let x = Tensor([1, 2, 2, 2], [1, 10, 2, 20, 3, 30, 6, 60])
        #expect(try GlobalAveragePooling2D()(x).values == [3, 30])
        #expect(try GlobalMaxPooling2D(keepsDimensions: true)(x).shape == [1, 1, 1, 2])
        #expect(try GlobalMaxPooling2D(dataFormat: .channelsFirst)(x).values == [20, 60])
        let mask = Tensor([1, 2], [true, false])
        let sequence = Tensor([1, 2, 1], [4, 8])
        #expect(try GlobalAveragePooling1D()(Tensors(sequence), CallOptions(mask: mask))[0].values == [4])
    }

    @Test func refusesWhatDoesNotFit() {
        #expect(
            performing: { try MaxPooling2D()(sample([2, 3, 3])) }, throws: key(.value, "is incompatible with the layer")
        )
        #expect(throws: TensorError.self) { try MaxPooling2D(4)(square) }
        #expect(
            performing: { try GlobalMaxPooling1D()(square) }, throws: key(.value, "is incompatible with the layer"))
    }
}
