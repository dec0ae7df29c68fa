import TensorCore
import TestSupport
import Testing

@testable import Operators

struct CrossEntropyTests {
    let logits = Tensor([2, 3], [1, 2, 3, 3, 2, 1])

    @Test func sparseLabelsAreOneHotOnes() throws {
        let labels = Tensor([2], [Int32(2), 0])
        let dense = Tensor([2, 3], [0, 0, 1, 1, 0, 0])
        let sparse = try sparseSoftmaxCrossEntropy(logits: logits, labels: labels).values
        for (found, expected) in zip(sparse, try softmaxCrossEntropy(logits: logits, labels: dense).values) {
            #expect(abs(found - expected) < 1e-6)
        }
        #expect(try sparseSoftmaxCrossEntropy(logits: logits, labels: Tensor([2], [Int64(2), 0])).values == sparse)
    }

    @Test func aLabelThatNamesNoClassIsRefused() {
        for wrong in [-1, 3] {
            #expect(
                throws: TensorError.indexOutOfRange(operator: "SparseSoftmaxCrossEntropy", index: wrong, limit: 3)
            ) { try sparseSoftmaxCrossEntropy(logits: logits, labels: Tensor([2], [0, Int32(wrong)])) }
        }
        #expect(throws: TensorError.self) {
            try sparseSoftmaxCrossEntropy(logits: logits, labels: Tensor([2], [0, 1]))
        }
        #expect(throws: TensorError.self) {
            try sparseSoftmaxCrossEntropy(logits: logits, labels: Tensor([3], [Int32(0), 1, 2]))
        }
    }

    @Test func sigmoidScoresLoseNothingAtTheEnds() throws {
        let loss = try sigmoidCrossEntropy(
            logits: Tensor([4], [30, -30, 100, 0]), labels: Tensor([4], [1, 0, 0, 0.5]))
        #expect(abs(loss.values[0] - 9.357_623e-14) < 1e-19)
        #expect(abs(loss.values[1] - 9.357_623e-14) < 1e-19)
        #expect(loss.values[2] == 100)
        #expect(abs(loss.values[3] - 0.693_147_2) < 1e-6)
        #expect(throws: TensorError.self) { try sigmoidCrossEntropy(logits: sample([2]), labels: sample([3])) }
    }

    @Test func gradientsMatchFiniteDifferencesOnceAndTwice() throws {
        let labels = Tensor([2], [Int32(1), 2])
        #expect(
            try gradientError(at: logits) { try sparseSoftmaxCrossEntropy(logits: $0, labels: labels) } < 1e-8)
        #expect(
            try secondGradientError(at: [logits]) {
                try square(sparseSoftmaxCrossEntropy(logits: $0[0], labels: labels))
            } < 1e-6)
        let pair = [sample([5]), sample([5], scale: 0.5)]
        #expect(try gradientError(at: pair) { try sigmoidCrossEntropy(logits: $0[0], labels: $0[1]) } < 1e-8)
        #expect(try secondGradientError(at: pair) { try sigmoidCrossEntropy(logits: $0[0], labels: $0[1]) } < 1e-6)
    }

    @Test func giveTheSameInAGraphOfUnknownBatch() throws {
        let labels = Tensor([2], [Int32(1), 2])
        func body(_ x: [Tensor]) throws -> Tensor { try sparseSoftmaxCrossEntropy(logits: x[0], labels: x[1]) }
        #expect(try resultInGraph(of: [logits, labels], body).values == body([logits, labels]).values)
    }
}
