import TensorCore
import TestSupport
import Testing

@testable import Operators

struct ActivationTests {
    @Test func reluKeepsWhatIsPositive() throws {
        #expect(try relu(Tensor([4], [-1, 0, 2, -0.0])).values == [0, 0, 2, 0])
        #expect(try relu(Tensor([1], [.nan])).values[0].isNaN)
    }

    @Test func gradientsMatchFiniteDifferences() throws {
        #expect(try gradientError(at: sample([2, 5])) { try relu($0) } < 1e-8)
        #expect(try gradientError(at: sample([2, 5])) { try tanh($0) } < 1e-8)
        #expect(try gradientError(at: sample([2, 5])) { try sigmoid($0) } < 1e-8)
    }

    @Test func tanhAndSigmoidDifferentiateTwice() throws {
        for function in [tanh, sigmoid] as [@Sendable (Tensor) throws -> Tensor] {
            let error = try gradientError(at: sample([4])) { x in
                let tape = GradientTape()
                tape.watch(x)
                let y = try tape.record { try function(x) }
                return try #require(try tape.gradient(of: y, withRespectTo: x))
            }
            #expect(error < 1e-7)
        }
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "Relu", received: .int32)) {
            try relu(Tensor([1], [Int32(1)]))
        }
    }
}
