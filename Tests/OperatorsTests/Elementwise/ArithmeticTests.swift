import TensorCore
import TestSupport
import Testing

@testable import Operators

struct ArithmeticTests {
    @Test func addsAndStretchesABiasOverTheRows() throws {
        let sum = try Tensor([2, 3], [1, 2, 3, 4, 5, 6]) + Tensor([3], [10, 20, 30])
        #expect(sum.values == [11, 22, 33, 14, 25, 36])
    }

    @Test func stretchesBothSidesAtOnce() throws {
        let product = try Tensor([2, 1], [2, 3]) * Tensor([1, 3], [1, 10, 100])
        #expect(product.shape == [2, 3])
        #expect(product.values == [2, 20, 200, 3, 30, 300])
    }

    @Test func stretchesInTheMiddle() throws {
        let x = Tensor([2, 1, 2], [1, 2, 3, 4])
        let y = Tensor([3, 1], [10, 20, 30])
        #expect(try (x + y).values == [11, 12, 21, 22, 31, 32, 13, 14, 23, 24, 33, 34])
    }

    @Test func takesEmptyAndScalarTensors() throws {
        #expect(try (Tensor([0, 3], [Float]()) + Tensor([3], [1, 2, 3])).shape == [0, 3])
        #expect(try (Tensor(2) / Tensor(4)).values == [0.5])
    }

    @Test func wholeNumbersWrapAround() throws {
        #expect(try (Tensor([1], [Int32.max]) + Tensor([1], [Int32(1)])).scalars(Int32.self) == [.min])
        #expect(try (Tensor([1], [UInt8(200)]) * Tensor([1], [UInt8(2)])).scalars(UInt8.self) == [144])
        #expect(try (Tensor([1], [Int64.min]) - Tensor([1], [Int64(1)])).scalars(Int64.self) == [.max])
    }

    @Test func gradientsMatchFiniteDifferencesThroughEveryStretching() throws {
        for (left, right) in [([2, 3], [3]), ([3], [2, 3]), ([2, 1], [1, 3]), ([], [2, 2]), ([2, 1, 2], [3, 1])] {
            let inputs = [sample(Shape(left)), sample(Shape(right), scale: 2)]
            #expect(try gradientError(at: inputs) { try $0[0] + $0[1] } < 1e-8)
            #expect(try gradientError(at: inputs) { try $0[0] - $0[1] } < 1e-8)
            #expect(try gradientError(at: inputs) { try $0[0] * $0[1] } < 1e-8)
            #expect(try gradientError(at: inputs) { try $0[0] / ($0[1] * $0[1] + 1) } < 1e-7)
        }
    }

    @Test func refusesShapesThatDoNotMatch() {
        #expect(
            throws: TensorError.shapeMismatch(
                operator: "Add", left: [2, 3], right: [2], rule: "axes from the last must be equal, or one of them 1")
        ) { try Tensor([2, 3], [1, 2, 3, 4, 5, 6]) + Tensor([2], [1, 2]) }
    }

    @Test func refusesMixedAndUnsuitableDTypes() {
        #expect(throws: TensorError.dtypeMismatch(operator: "Add", left: .float32, right: .int32)) {
            try Tensor([1], [1]) + Tensor([1], [Int32(1)])
        }
        #expect(throws: TensorError.unsupportedDType(operator: "Divide", received: .int32)) {
            try Tensor([1], [Int32(1)]) / Tensor([1], [Int32(1)])
        }
        #expect(throws: TensorError.unsupportedDType(operator: "Add", received: .bool)) {
            try Tensor([1], [true]) + Tensor([1], [true])
        }
    }
}
