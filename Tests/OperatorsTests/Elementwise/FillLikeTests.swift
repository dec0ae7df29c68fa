import Operators
import TensorCore
import Testing

struct FillLikeTests {
    @Test func fillsAnyDType() throws {
        #expect(try Tensor(repeating: 2.5, [2]).values == [2.5, 2.5])
        #expect(try Tensor(repeating: -3, [1], .int8).scalars(Int8.self) == [-3])
        #expect(try Tensor.ones([2], .bool).scalars(Bool.self) == [true, true])
        #expect(try onesLike(Tensor([1, 2], [7, 8])).values == [1, 1])
        #expect(try zerosLike(Tensor([0], [Int32]())).spec == TensorSpec([0], .int32))
    }

    @Test func minusZeroIsNotZero() throws {
        #expect(try Tensor(repeating: -0.0, [1]).values[0].sign == .minus)
    }

    @Test(arguments: [300, -1, .nan, .infinity])
    func refusesNumbersThatTheDTypeHasNot(value: Double) {
        #expect(throws: TensorError.invalidArgument(operator: "fill", message: "uint8 has no \(value)")) {
            try Tensor(repeating: value, [1], .uint8)
        }
    }

    @Test func refusesUnknownExtents() {
        #expect(throws: TensorError.symbolic(operator: "a tensor of [?]")) { try Tensor.zeros([nil]) }
    }
}
