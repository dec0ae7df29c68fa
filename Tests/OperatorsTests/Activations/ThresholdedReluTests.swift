import Operators
import TensorCore
import TestSupport
import Testing

struct ThresholdedReluTests {
    @Test func hasAThresholdASlopeAndAGreatestValue() throws {
        #expect(
            try isClose(
                relu(Tensor([5], [-0.5, 0.5, 0.7, 1, 3]), maximum: 1, slope: 0.1, threshold: 0.5), [-0.1, 0, 0.7, 1, 1])
        )
    }

    @Test func withoutNumbersIsTheSimpleOne() throws {
        #expect(try isClose(relu(Tensor([2], [-1, 9]), maximum: nil), [0, 9]))
    }

    @Test func withASlopeOnlyIsLeaky() throws {
        #expect(try isClose(relu(Tensor([2], [-1, 9]), maximum: nil, slope: 0.5), [-0.5, 9]))
    }

    @Test func itsSlopeAtTheCornersIsTheReferences() throws {
        let x = Tensor([5], [-1, 0.5, 0.7, 1, 2])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try relu(x, maximum: 1, slope: 0.1, threshold: 0.5) }
        #expect(try isClose(#require(try tape.gradient(of: y, withRespectTo: x)), [0.1, 0, 1, 1, 0]))
    }

    @Test func refusesAGreatestValueBelowZero() {
        #expect(
            throws: TensorError.invalidArgument(operator: "relu", message: "the greatest value -1.0 is below zero")
        ) { try relu(Tensor(1), maximum: -1) }
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "ThresholdedRelu", received: .int32)) {
            try { try relu($0, maximum: 1, slope: 0.1, threshold: 0.5) }(Tensor([1], [Int32(1)]))
        }
    }
}
