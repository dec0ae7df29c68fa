import Operators
import TensorCore
import Testing

struct DivideNoNaNTests {
    @Test func isZeroWhereTheDivisorIs() throws {
        #expect(try divideNoNaN(Tensor([3], [6, 1, 0]), Tensor([3], [3, 0, 0])).values == [2, 0, 0])
    }

    @Test func theGradientIsFiniteThereToo() throws {
        let (x, y) = (Tensor([2], [6, 1]), Tensor([2], [2, 0]))
        let tape = GradientTape()
        tape.watch([x, y])
        let z = try tape.record { try divideNoNaN(x, y) }
        #expect(try tape.gradient(of: [z], withRespectTo: [x, y]).map { $0?.values } == [[0.5, 0], [-1.5, 0]])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "DivideNoNaN", received: .int32)) {
            try divideNoNaN(Tensor([1], [Int32(1)]), Tensor([1], [Int32(0)]))
        }
    }
}
