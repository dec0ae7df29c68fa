import Operators
import TensorCore
import Testing

struct PowerTests {
    @Test func raisesElementByElement() throws {
        #expect(try pow(Tensor([3], [2, 9, 4]), Tensor([3], [3, 0.5, -1])).values == [8, 3, 0.25])
        #expect(try pow(Tensor([2], [Int32(3), -2]), Tensor([2], [Int32(4), 3])).scalars(Int32.self) == [81, -8])
    }

    @Test(arguments: [0, 1, 2, 0.5, -1, -0.5, 3.5])
    func raisesToOneNumber(exponent: Double) throws {
        let expected: [Double: [Float]] = [
            0: [1, 1], 1: [4, 16], 2: [16, 256], 0.5: [2, 4], -1: [0.25, 0.0625], -0.5: [0.5, 0.25], 3.5: [128, 16384],
        ]
        #expect(try pow(Tensor([2], [4, 16]), exponent).values == expected[exponent])
    }

    @Test func hasNoSlopeWhereTheExponentIsZero() throws {
        let (x, y) = (Tensor([2], [0, 2]), Tensor([2], [0, 0]))
        let tape = GradientTape(persistent: true)
        tape.watch([x, y])
        let z = try tape.record { try pow(x, y) }
        #expect(try tape.gradient(of: z, withRespectTo: x)?.values == [0, 0])
        #expect(try tape.gradient(of: z, withRespectTo: y)?.values == [0, 0.693_147_2])
    }

    @Test func wholePowersWrapAroundAndMayNotBeNegative() throws {
        #expect(try pow(Tensor([1], [UInt8(2)]), Tensor([1], [UInt8(8)])).scalars(UInt8.self) == [0])
        #expect(
            throws: TensorError.invalidArgument(operator: "Power", message: "a whole number has no negative power")
        ) { try pow(Tensor([1], [Int32(2)]), Tensor([1], [Int32(-1)])) }
    }
}
