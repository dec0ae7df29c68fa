import Operators
import TensorCore
import TestSupport
import Testing

struct ProductTests {
    @Test func multipliesAlongAxes() throws {
        let x = Tensor([2, 2], [1, 2, 3, 4])
        #expect(try product(x).values == [24])
        #expect(try product(x, axis: 0).values == [3, 8])
        #expect(try product(Tensor([0], [Float]())).values == [1])
        #expect(try product(Tensor([3], [Int32(2), -3, 4])).scalars(Int32.self) == [-24])
    }

    @Test(arguments: [[2, 3, 4], [0, 3, 4], [0, 0, 4], [0, 0, 0]] as [[Double]])
    func hasBothDerivativesWithAnyNumberOfZeros(elements: [Double]) throws {
        let x = Tensor([3], elements)
        #expect(try gradientError(at: x) { try product($0) } < 1e-7)
        let second = try gradientError(at: x) { x in
            let tape = GradientTape()
            tape.watch(x)
            let y = try tape.record { try product(x) }
            return try #require(try tape.gradient(of: y, withRespectTo: x))
        }
        #expect(second < 1e-7)
    }
}
