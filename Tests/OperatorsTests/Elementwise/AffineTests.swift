import Operators
import TensorCore
import Testing

struct AffineTests {
    @Test func scalesAndShifts() throws {
        let x = Tensor([2], [1, 2])
        #expect(try (x * 3 + 1).values == [4, 7])
        #expect(try (1 - x).values == [0, -1])
        #expect(try (-x).values == [-1, -2])
        #expect(try (x / 2).values == [0.5, 1])
        #expect(try (2 / x).values == [2, 1])
    }

    @Test func wholeNumbersTakeWholeNumbersAndWrapAround() throws {
        let x = Tensor([2], [UInt8(200), 3])
        #expect(try (x * 2).scalars(UInt8.self) == [144, 6])
        #expect(try (1 - x).scalars(UInt8.self) == [57, 254])
        #expect(try (Tensor([1], [Int64.max]) + 1).scalars(Int64.self) == [.min])
    }

    @Test func refusesFractionsOfWholeNumbers() {
        #expect(
            throws: TensorError.invalidArgument(operator: "Affine", message: "0.5 is no whole number, and x is int32")
        ) { try Tensor([1], [Int32(1)]) * 0.5 }
        #expect(throws: TensorError.unsupportedDType(operator: "Divide", received: .int32)) {
            try Tensor([1], [Int32(4)]) / 2
        }
    }
}
