import Operators
import TensorCore
import Testing

struct ExtremesTests {
    @Test func takesTheGreaterOrTheLesser() throws {
        #expect(try maximum(Tensor([2, 1], [1, 4]), Tensor([2], [2, 3])).values == [2, 3, 4, 4])
        #expect(try minimum(Tensor([2], [1, 4]), 2).values == [1, 2])
        #expect(try maximum(Tensor([1], [UInt8(200)]), Tensor([1], [UInt8(3)])).scalars(UInt8.self) == [200])
    }

    @Test func aNaNOnEitherSideStays() throws {
        #expect(try maximum(Tensor([2], [.nan, 1]), Tensor([2], [1, .nan])).values.allSatisfy(\.isNaN))
        #expect(try minimum(Tensor([2], [.nan, 1]), Tensor([2], [1, .nan])).values.allSatisfy(\.isNaN))
    }

    @Test func ofEqualsTheGradientGoesToTheFirst() throws {
        let (x, y) = (Tensor([2], [1, 2]), Tensor([2], [1, 3]))
        let tape = GradientTape()
        tape.watch([x, y])
        let z = try tape.record { try maximum(x, y) }
        #expect(try tape.gradient(of: [z], withRespectTo: [x, y]).map { $0?.values } == [[1, 0], [0, 1]])
    }

    @Test func refusesBooleansAndMixedDTypes() {
        #expect(throws: TensorError.unsupportedDType(operator: "Maximum", received: .bool)) {
            try maximum(Tensor([1], [true]), Tensor([1], [false]))
        }
        #expect(throws: TensorError.dtypeMismatch(operator: "Minimum", left: .float32, right: .int32)) {
            try minimum(Tensor([1], [1]), Tensor([1], [Int32(1)]))
        }
    }
}
