import TensorCore
import Testing

@testable import Training

struct ExamplesTests {
    private let examples: Examples

    init() throws {
        examples = try Examples(Tensor([4, 2], [0, 1, 2, 3, 4, 5, 6, 7]), Tensor([4], [Int32(0), 1, 1, 2]))
    }

    @Test func splitsOffTheLastShare() throws {
        let (training, validation) = try examples.split(validationShare: 0.25)
        #expect(training.count == 3 && validation.inputs[0].values == [6, 7])
        #expect(validation.targets[0].scalars(Int32.self) == [2])
        for share in [0, 1, -0.5, 2, 0.01] {
            if share == 0.01 {
                #expect(try examples.split(validationShare: share).training.count == 3)
            } else {
                #expect(throws: TrainingError.self) { try examples.split(validationShare: share) }
            }
        }
    }

    @Test func weighsExamplesByTheirClass() throws {
        #expect(try examples.weighted(byClass: [1: 3, 2: 0.5]).sampleWeights[0].values == [1, 3, 3, 0.5])
        let given = try Examples(
            examples.inputs[0], examples.targets[0], sampleWeights: Tensor([4, 1], [2, 2, 0, 2]))
        #expect(try given.weighted(byClass: [1: 3]).sampleWeights[0].values == [2, 6, 0, 2])
        let oneHot = try Examples(Tensor([2, 1], [0, 0]), Tensor([2, 2], [0, 1, 1, 0]))
        #expect(try oneHot.weighted(byClass: [1: 3]).sampleWeights[0].values == [3, 1])
    }

    @Test func refusesTensorsOfDifferentLengths() throws {
        do {
            _ = try Examples(Tensor([2, 1], [1, 2]), Tensor([3], [1, 2, 3]))
            Issue.record("was taken")
        } catch { #expect("\(error)".contains("target 0") && "\(error)".contains("[3]")) }
        #expect(throws: TrainingError.self) { try Examples(inputs: []) }
        #expect(throws: TrainingError.self) { try Examples(inputs: [Tensor(1)]) }
    }
}
