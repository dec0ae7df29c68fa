import TensorCore
import TestSupport
import Testing

@testable import Operators

struct NormalizationTests {
    @Test func takesMeanAndVarianceOutOfEachChannel() throws {
        let x = Tensor([2, 2], [1, 10, 3, 30])
        let (y, mean, variance) = try batchNormalization(x, epsilon: 0)
        #expect(y.values == [-1, -1, 1, 1])
        #expect(mean.values == [2, 20])
        #expect(variance.values == [1, 100])
    }

    @Test func usesGivenStatistics() throws {
        let y = try batchNormalization(
            Tensor([1, 2], [3, 8]), mean: Tensor([2], [1, 2]), variance: Tensor([2], [4, 9]),
            gamma: Tensor([2], [1, 10]), beta: Tensor([2], [0, 1]), epsilon: 0)
        #expect(y.values == [1, 21])
    }

    @Test func normalizesRowsAndGroups() throws {
        #expect(try layerNormalization(Tensor([1, 2], [1, 3]), epsilon: 0).values == [-1, 1])
        #expect(try rootMeanSquareNormalization(Tensor([1, 2], [3, 3]), epsilon: 0).values == [1, 1])
        let x = Tensor([1, 1, 4], [1, 3, 10, 30])
        #expect(try groupNormalization(x, groups: 2, epsilon: 0).values == [-1, 1, -1, 1])
    }

    /// Far from zero a single pass over squares would have nothing left.
    @Test func staysRightFarFromZero() throws {
        let x = Tensor([400, 3], (0..<1200).map { 10_000 + Float(($0 * 7) % 5) })
        let (y, _, variance) = try batchNormalization(x, epsilon: 0)
        #expect(variance.values.allSatisfy { abs($0 - 2) < 1e-3 })
        let steps = y.values.map { abs($0) * Float(2).squareRoot() }
        #expect(steps.allSatisfy { abs($0 - $0.rounded()) < 2e-3 })
    }

    @Test func gradientsMatchFiniteDifferences() throws {
        let inputs = [sample([3, 2, 4]), sample([4]), sample([4])]
        #expect(try gradientError(at: inputs) { try batchNormalization($0[0], gamma: $0[1], beta: $0[2]).y } < 1e-7)
        #expect(
            try gradientError(at: inputs) {
                let (y, mean, variance) = try batchNormalization($0[0], gamma: $0[1], beta: $0[2])
                return try y * mean + variance
            } < 1e-7)
        let middle = [sample([3, 2, 4]), sample([2])]
        #expect(try gradientError(at: middle) { try batchNormalization($0[0], gamma: $0[1], axis: 1).y } < 1e-7)
        #expect(
            try gradientError(at: inputs) { try groupNormalization($0[0], groups: 2, gamma: $0[1], beta: $0[2]) } < 1e-7
        )
        #expect(try gradientError(at: sample([2, 4, 3])) { try groupNormalization($0, groups: 2, axis: 1) } < 1e-7)
        #expect(try gradientError(at: inputs) { try layerNormalization($0[0], gamma: $0[1], beta: $0[2]) } < 1e-7)
        #expect(try gradientError(at: inputs) { try rootMeanSquareNormalization($0[0], gamma: $0[1]) } < 1e-7)
        let pair = [sample([3, 2, 4]), sample([2, 4])]
        #expect(try gradientError(at: pair) { try layerNormalization($0[0], gamma: $0[1], axes: 2) } < 1e-7)
        let given = [sample([3, 2]), sample([2]), Tensor([2], [0.5, 2]), sample([2]), sample([2])]
        #expect(
            try gradientError(at: given) {
                try batchNormalization($0[0], mean: $0[1], variance: $0[2], gamma: $0[3], beta: $0[4])
            } < 1e-7)
    }

    @Test func differentiatesTwice() throws {
        let inputs = [sample([3, 4]), sample([4]), sample([4])]
        #expect(
            try secondGradientError(at: inputs) {
                try square(batchNormalization($0[0], gamma: $0[1], beta: $0[2], epsilon: 0.1).y)
            } < 1e-5)
        #expect(
            try secondGradientError(at: inputs) {
                try square(layerNormalization($0[0], gamma: $0[1], beta: $0[2], epsilon: 0.1))
            } < 1e-5)
        #expect(
            try secondGradientError(at: [sample([2, 3, 4])]) {
                try square(groupNormalization($0[0], groups: 2, epsilon: 0.1))
            } < 1e-5)
    }

    @Test func givesTheSameInAGraphOfUnknownBatch() throws {
        let x = sample([4, 3, 6])
        let (gamma, beta) = (sample([6]), sample([6]))
        let functions: [([Tensor]) throws -> Tensor] = [
            { try batchNormalization($0[0], gamma: gamma, beta: beta).y },
            { try groupNormalization($0[0], groups: 3, gamma: gamma) },
            { try layerNormalization($0[0], gamma: gamma, beta: beta) },
        ]
        for function in functions { #expect(try resultInGraph(of: [x], function).values == function([x]).values) }
    }

    @Test func isTheSameOnOneThreadAndOnTwo() throws {
        let x = sample([20_000, 64])
        func all() throws -> [[Float]] {
            try [
                { try batchNormalization($0).y }, { try layerNormalization($0) },
                { try groupNormalization($0, groups: 4) },
            ].map { (function: (Tensor) throws -> Tensor) in
                let tape = GradientTape()
                tape.watch(x)
                let y = try tape.record { try square(function(x)) }
                let gradient = try tape.gradient(of: y, withRespectTo: x)
                return try y.values + #require(gradient).values
            }
        }
        #expect(try onThreads(1) { try all() } == onThreads(2) { try all() })
    }

    @Test func takesEmptyTensorsAndRefusesWhatDoesNotFit() throws {
        let none = Tensor([0, 3], [Float]())
        #expect(try batchNormalization(none).y.shape == [0, 3])
        #expect(try layerNormalization(none).shape == [0, 3])
        #expect(try groupNormalization(none, groups: 3).shape == [0, 3])
        #expect(try layerNormalization(Tensor([2, 0], [Float]())).shape == [2, 0])
        #expect(try batchNormalization(Tensor([2, 0], [Float]())).y.shape == [2, 0])
        #expect(throws: TensorError.self) { try batchNormalization(sample([2, 3]), gamma: sample([2])) }
        #expect(throws: TensorError.self) { try batchNormalization(sample([2, 3]), axis: 2) }
        #expect(throws: TensorError.self) { try groupNormalization(sample([2, 3]), groups: 2) }
        #expect(throws: TensorError.self) { try groupNormalization(sample([2, 3]), groups: 0) }
        #expect(throws: TensorError.self) { try layerNormalization(sample([2, 3]), axes: 3) }
        #expect(throws: TensorError.self) { try layerNormalization(Tensor([2], [Int32(1), 2])) }
    }
}
