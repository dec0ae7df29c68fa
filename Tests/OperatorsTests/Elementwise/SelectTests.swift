import Operators
import TensorCore
import Testing

struct SelectTests {
    @Test func choosesElementByElement() throws {
        let condition = Tensor([2, 1], [true, false])
        #expect(try select(condition, Tensor([2], [1, 2]), Tensor([1, 1], [9])).values == [1, 2, 9, 9])
    }

    @Test(arguments: DType.allCases)
    func movesElementsOfAnyDType(dtype: DType) throws {
        let x = try cast(Tensor([2], [1, 0]), to: dtype)
        let y = try cast(Tensor([2], [0, 1]), to: dtype)
        let chosen = try select(Tensor([2], [true, true]), x, y)
        #expect(try cast(chosen, to: .float32).values == [1, 0])
    }

    @Test func aNaNThatIsNotChosenDoesNoHarm() throws {
        let x = Tensor([2], [1, .nan])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try select(isNaN(x), zerosLike(x), x * 3) }
        #expect(y.values == [3, 0])
        #expect(try tape.gradient(of: y, withRespectTo: x)?.values == [3, 0])
    }

    @Test func refusesOtherConditions() {
        #expect(throws: TensorError.unsupportedDType(operator: "Select", received: .float32)) {
            try select(Tensor(1), Tensor(1), Tensor(2))
        }
        #expect(throws: TensorError.dtypeMismatch(operator: "Select", left: .float32, right: .int32)) {
            try select(Tensor([], [true]), Tensor(1), Tensor([], [Int32(1)]))
        }
    }
}
