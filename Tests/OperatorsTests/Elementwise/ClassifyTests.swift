import Operators
import TensorCore
import Testing

struct ClassifyTests {
    let x = Tensor([4], [1, .nan, .infinity, -.infinity])

    @Test func tellsNumbersFromTheRest() throws {
        #expect(try isNaN(x).scalars(Bool.self) == [false, true, false, false])
        #expect(try isInfinite(x).scalars(Bool.self) == [false, false, true, true])
        #expect(try isFinite(x).scalars(Bool.self) == [true, false, false, false])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "IsNaN", received: .int32)) {
            try isNaN(Tensor([1], [Int32(1)]))
        }
    }
}
