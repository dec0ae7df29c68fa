import TensorCore
import Testing

@testable import Training

struct EpochBatchesTests {
    private func examples(_ count: Int) throws -> Examples {
        let numbers = Tensor([count, 1], (0..<count).map { Float($0) })
        return try Examples(inputs: [numbers], targets: [numbers.viewed(as: [count])])
    }

    private func numbers(_ batches: EpochBatches) throws -> [[Float]] {
        try (0..<batches.count).map { try batches.batch($0).inputs[0].values }
    }

    @Test func goesThroughExamplesInTheirOrder() throws {
        let batches = try EpochBatches(examples(5), batchSize: 2)
        #expect(try numbers(batches) == [[0, 1], [2, 3], [4]])
        #expect(try numbers(EpochBatches(examples(5), batchSize: 2, dropsRemainder: true)) == [[0, 1], [2, 3]])
    }

    @Test func shufflesEachEpochAnotherWayAndAgainTheSame() throws {
        func order(seed: UInt64, epoch: Int) throws -> [Float] {
            try numbers(EpochBatches(examples(50), batchSize: 7, shuffledBy: seed, epoch: epoch)).flatMap { $0 }
        }
        let first = try order(seed: 1, epoch: 0)
        #expect(try order(seed: 1, epoch: 0) == first)
        #expect(first.sorted() == (0..<50).map { Float($0) })
        #expect(try order(seed: 1, epoch: 1) != first && order(seed: 2, epoch: 0) != first)
    }

    @Test func keepsInputsAndTargetsTogether() throws {
        let batch = try EpochBatches(examples(9), batchSize: 9, shuffledBy: 3).batch(0)
        #expect(batch.inputs[0].values == batch.targets[0].values)
    }

    @Test func refusesABatchOfNothing() throws {
        let examples = try examples(3)
        #expect(throws: TrainingError.self) { try EpochBatches(examples, batchSize: 0) }
    }
}
