import TensorCore
import TestSupport
import Testing

@testable import Operators

struct SoftmaxTests {
    @Test func sharesEqualScoresEqually() throws {
        #expect(try softmax(Tensor([1, 2], [7, 7])).values == [0.5, 0.5])
    }

    @Test func staysFiniteForHugeScores() throws {
        #expect(try softmax(Tensor([2], [1e30, -1e30])).values == [1, 0])
        #expect(try logSoftmax(Tensor([2], [1e30, 0])).values[0] == 0)
    }

    @Test func aNaNReachesItsWholeRowAndNoOther() throws {
        let y = try softmax(Tensor([2, 2], [.nan, 1, 1, 1])).values
        #expect(y[0].isNaN && y[1].isNaN)
        #expect(y[2...] == [0.5, 0.5])
    }

    @Test func gradientsMatchFiniteDifferences() throws {
        #expect(try gradientError(at: sample([2, 3])) { try softmax($0) } < 1e-8)
        #expect(try gradientError(at: sample([2, 3])) { try logSoftmax($0) } < 1e-8)
    }

    @Test func refusesScalars() {
        #expect(throws: TensorError.rankTooSmall(operator: "softmax", minimum: 1, received: [])) {
            try softmax(Tensor(1))
        }
    }

    @Test func crossEntropyOfEvenScoresIsTheLogarithmOfTheirNumber() throws {
        let loss = try softmaxCrossEntropy(
            logits: Tensor([1, 4], [3, 3, 3, 3]), labels: Tensor([1, 4], [0, 1, 0, 0]))
        #expect(abs(loss.values[0] - 1.386_294_4) < 1e-6)
    }

    @Test func crossEntropyIsFiniteWhereTheProbabilityIsZero() throws {
        let loss = try softmaxCrossEntropy(logits: Tensor([1, 2], [200, 0]), labels: Tensor([1, 2], [0, 1]))
        #expect(loss.values == [200])
    }

    @Test func crossEntropyGradientsMatchFiniteDifferences() throws {
        let error = try gradientError(at: [sample([2, 3]), sample([2, 3])]) {
            try softmaxCrossEntropy(logits: $0[0], labels: $0[1])
        }
        #expect(error < 1e-8)
    }

    @Test func crossEntropyDifferentiatesTwice() throws {
        let labels = Tensor([1, 3], [0.2, 0.3, 0.5] as [Double])
        let error = try gradientError(at: sample([1, 3])) { x in
            let tape = GradientTape()
            tape.watch(x)
            let loss = try tape.record { try sum(softmaxCrossEntropy(logits: x, labels: labels)) }
            return try #require(try tape.gradient(of: loss, withRespectTo: x))
        }
        #expect(error < 1e-7)
    }
}
