import Operators
import TensorCore
import Testing

struct CompareTests {
    let x = Tensor([3], [1, 2, .nan])
    let y = Tensor([3], [2, 2, .nan])

    @Test func comparesElementByElementAndNaNWithNothing() throws {
        #expect(try (x .== y).scalars(Bool.self) == [false, true, false])
        #expect(try (x .!= y).scalars(Bool.self) == [true, false, true])
        #expect(try (x .< y).scalars(Bool.self) == [true, false, false])
        #expect(try (x .<= y).scalars(Bool.self) == [true, true, false])
        #expect(try (x .> y).scalars(Bool.self) == [false, false, false])
        #expect(try (x .>= y).scalars(Bool.self) == [false, true, false])
    }

    @Test func comparesWithANumberAndAcrossShapes() throws {
        #expect(try greater(x, 1.5).scalars(Bool.self) == [false, true, false])
        #expect(try less(Tensor([2, 1], [Int8(1), 3]), Tensor([2], [Int8(2), 4])).shape == [2, 2])
        #expect(try equal(Tensor([2], [true, false]), Tensor([1], [true])).scalars(Bool.self) == [true, false])
    }

    @Test func comparesUnsignedNumbersAsSuch() throws {
        #expect(try less(Tensor([1], [UInt64(1)]), Tensor([1], [UInt64.max])).scalars(Bool.self) == [true])
    }

    @Test func refusesTheOrderOfBooleansAndMixedDTypes() {
        #expect(throws: TensorError.unsupportedDType(operator: "Less", received: .bool)) {
            try less(Tensor([1], [true]), Tensor([1], [false]))
        }
        #expect(throws: TensorError.dtypeMismatch(operator: "Equal", left: .float32, right: .int32)) {
            try equal(Tensor(1), Tensor([], [Int32(1)]))
        }
        #expect(throws: TensorError.invalidArgument(operator: "fill", message: "uint8 has no 300.0")) {
            try less(Tensor([1], [UInt8(1)]), 300)
        }
    }
}
