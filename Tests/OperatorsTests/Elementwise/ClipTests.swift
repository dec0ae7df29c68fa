import Operators
import TensorCore
import Testing

struct ClipTests {
    @Test func cutsOffBothEnds() throws {
        #expect(try clip(Tensor([4], [-2, 0.5, 3, 1]), -1, 1).values == [-1, 0.5, 1, 1])
        #expect(try clip(Tensor(.nan), 0, 1).values[0].isNaN)
        #expect(try clip(Tensor([3], [Int32(-9), 2, 9]), -4, 4).scalars(Int32.self) == [-4, 2, 4])
    }

    @Test func takesTensorsAsEnds() throws {
        #expect(
            try clip(Tensor([2, 2], [0, 5, 0, 5]), Tensor([2], [1, 1]), Tensor([2, 1], [2, 4])).values == [1, 2, 1, 4])
    }

    @Test func theGradientPassesAtTheEndsThemselves() throws {
        let x = Tensor([4], [-1, -1.5, 1, 1.5])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try clip(x, -1, 1) }
        #expect(try tape.gradient(of: y, withRespectTo: x)?.values == [1, 0, 1, 0])
    }

    @Test func refusesAnEmptyInterval() {
        #expect(
            throws: TensorError.invalidArgument(
                operator: "clip", message: "the least value 1.0 is not below the greatest 0.0")
        ) { try clip(Tensor(1), 1, 0) }
    }
}
