import Operators
import TensorCore
import Testing

struct PadTests {
    let x = Tensor([3], [1, 2, 3])

    @Test func surroundsOrMirrors() throws {
        #expect(try pad(x, [Padding(1, 2)]).values == [0, 1, 2, 3, 0, 0])
        #expect(try pad(Tensor([1, 1], [5]), [Padding(1, 0), Padding(0, 1)], value: 9).values == [9, 9, 5, 9])
        #expect(try reflectPad(x, [Padding(2, 1)]).values == [3, 2, 1, 2, 3, 2])
        #expect(try symmetricPad(x, [Padding(2, 3)]).values == [2, 1, 1, 2, 3, 3, 2, 1])
        let square = Tensor([2, 2], [1, 2, 3, 4])
        #expect(try reflectPad(square, [Padding(1, 0), Padding(0, 1)]).values == [3, 4, 3, 1, 2, 1, 3, 4, 3])
    }

    @Test func padsAnyDType() throws {
        #expect(try pad(Tensor([1], [true]), [Padding(1, 0)]).scalars(Bool.self) == [false, true])
        #expect(try symmetricPad(Tensor([2], [Int64(1), 2]), [Padding(0, 2)]).scalars(Int64.self) == [1, 2, 2, 1])
    }

    @Test func refusesWhatCannotBeMirroredOrIsNegative() {
        #expect(throws: TensorError.self) { try reflectPad(x, [Padding(3, 0)]) }
        #expect(throws: TensorError.self) { try symmetricPad(x, [Padding(4, 0)]) }
        #expect(throws: TensorError.self) { try pad(x, [Padding(-1, 0)]) }
        #expect(throws: TensorError.self) { try pad(x, [Padding(.max, .max)]) }
        #expect(throws: TensorError.invalidArgument(operator: "Pad", message: "2 paddings for the axes of [3]")) {
            try pad(x, [Padding(0, 0), Padding(0, 0)])
        }
    }
}
