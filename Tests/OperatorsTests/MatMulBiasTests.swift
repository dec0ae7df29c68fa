import TensorCore
import TestSupport
import Testing

@testable import Operators

struct MatMulBiasTests {
    @Test func multipliesAddsAndClips() throws {
        let x = Tensor([2, 2], [1, 2, 3, 4])
        let kernel = Tensor([2, 2], [1, -1, 0, 2])
        let bias = Tensor([2], [10, -20])
        #expect(try matmulBias(x, kernel, bias).values == [11, -17, 13, -15])
        #expect(try matmulBias(x, kernel, bias, activation: .relu).values == [11, 0, 13, 0])
    }

    @Test(arguments: OutputActivation.allCases)
    func isTheThreeOperatorsInOne(activation: OutputActivation) throws {
        let inputs = [sample([3, 5, 40]), sample([40, 11]), sample([11], scale: 2)]
        let sums = try matmul(inputs[0], inputs[1]) + inputs[2]
        let expected =
            switch activation {
            case .linear: sums
            case .relu: try relu(sums)
            case .tanh: try tanh(sums)
            case .sigmoid: try sigmoid(sums)
            case .hardSigmoid: Tensor(sums.shape, sums.values.map { min(max($0 * 0.2 + 0.5, 0), 1) })
            }
        let found = try matmulBias(inputs[0], inputs[1], inputs[2], activation: activation)
        for (found, expected) in zip(found.values, expected.values) { #expect(abs(found - expected) < 1e-6) }
        if activation == .relu { #expect(found.values == expected.values) }
        #expect(
            try resultInGraph(of: inputs) { try matmulBias($0[0], $0[1], $0[2], activation: activation) }.values
                == found.values)
    }

    @Test(arguments: OutputActivation.allCases)
    func gradientsMatchFiniteDifferences(activation: OutputActivation) throws {
        let inputs = [sample([2, 3, 4]), sample([4, 3]), sample([3])]
        let error = try gradientError(at: inputs) {
            try matmulBias($0[0], $0[1], $0[2], activation: activation)
        }
        #expect(error < 1e-8)
    }

    @Test func takesNoRowsAndNoInputs() throws {
        let none = Tensor([0, 3], [Float]())
        #expect(try matmulBias(none, sample([3, 2]), sample([2])).shape == [0, 2])
        let empty = try matmulBias(Tensor([2, 0], [Float]()), Tensor([0, 2], [Float]()), Tensor([2], [1, 2]))
        #expect(empty.values == [1, 2, 1, 2])
    }

    @Test func refusesWhatDoesNotFit() {
        #expect(throws: TensorError.self) { try matmulBias(sample([2, 3]), sample([4, 2]), sample([2])) }
        #expect(throws: TensorError.self) { try matmulBias(sample([2, 3]), sample([3, 2]), sample([3])) }
        #expect(throws: TensorError.self) { try matmulBias(sample([2, 3]), sample([3, 2]), widened(sample([2]))) }
        #expect(throws: TensorError.self) { try matmulBias(sample([3]), sample([3, 2]), sample([2])) }
    }
}
