import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct EmbeddingTests {
    @Test func looksVectorsUp() throws {
        let layer = Embedding(3, 2)
        let places = Tensor([2, 2], [Int32(0), 2, 1, 2])
        _ = try layer(places)
        try layer.variables[0].assign(Tensor([3, 2], [1, 2, 3, 4, 5, 6]))
        #expect(try layer(places).values == [1, 2, 5, 6, 3, 4, 5, 6])
        // Numbers with a point, as JSON often has them, stand for places too.
        #expect(try layer(Tensor([1, 1], [2])).values == [5, 6])
        #expect(throws: TensorError.self) { try layer(Tensor([1, 1], [Int32(3)])) }
        #expect(throws: TensorError.self) { try layer(Tensor([1, 1], [Int32(-1)])) }
    }

    @Test func itsGradientIsSlices() throws {
        let layer = Embedding(5, 2)
        let places = Tensor([2], [Int32(1), 1])
        _ = try layer(places)
        let tape = GradientTape()
        let y = try tape.record { try layer(places) }
        guard case .slices(let slices)? = try tape.sparseGradient(of: y, withRespectTo: layer.trainableVariables)[0]
        else {
            Issue.record("the gradient is dense")
            return
        }
        #expect(slices.values.shape == [2, 2])
    }

    @Test func zerosAreMasked() throws {
        let places = Tensor([1, 3], [Int32(1), 0, 2])
        let mask = try Embedding(3, 2, masksZero: true).computeMask(Tensors(places), nil)
        #expect(mask?.scalars(Bool.self) == [true, false, true])
        #expect(try Embedding(3, 2).computeMask(Tensors(places), nil) == nil)
    }

    @Test func needsPlaces() {
        #expect(
            performing: { try Embedding(0, 2)(Tensor([1], [Int32(0)])) },
            throws: key(.value, "positive numbers of vectors and units"))
    }
}
