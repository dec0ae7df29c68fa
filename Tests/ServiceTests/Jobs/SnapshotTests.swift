import Formats
import Layers
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Service

/// Each answer comes from the variables of one step, and says of which.
struct SnapshotTests {
    private static let parts = 8
    private static let width = 64

    /// Gives all its values to each example.
    private final class Counter: Layer {
        private var values: [Variable] = []

        override func build(_ inputShape: Shape) throws {
            values = try (0..<SnapshotTests.parts).map {
                try addVariable("part_\($0)", [SnapshotTests.width], initializer: .zeros)
            }
            try super.build(inputShape)
        }

        override func call(_ input: Tensor) throws -> Tensor {
            let all = try concatenate(values.map { try $0.value })
            return try matmul(onesLike(input), expandDimensions(all, axes: [0]))
        }
    }

    private final class Counting: Network {
        private let counter = Counter()

        override init(name: String? = nil) throws {
            try super.init(name: name)
            try trackLayers(counter)
        }

        override func call(_ inputs: Tensor) throws -> Tensor { try counter(inputs) }
    }

    @Test func noAnswerMixesTwoStepsHoweverManyCallWhileAJobTrains() async throws {
        let directory = TemporaryDirectory()
        var classes = NetworkClasses()
        classes.register("Counting") { try Counting(name: $0) }
        let models = try ModelRegistry(directory: directory.path, classes: classes)
        let jobs = try JobRegistry(models, DataSetRegistry(of: models))
        let count = SnapshotTests.parts * SnapshotTests.width
        // The mean absolute error falls by 1/512 for each value, far below its target: at this rate a step adds just one to all.
        let model = try await models.put(
            "net",
            ModelSpec([
                "class_name": "Counting",
                "training": [
                    "optimizer": ["class_name": "SGD", "config": ["learning_rate": .integer(count)]], "loss": "mae",
                ],
            ])
        ).model
        let examples = try Examples(
            Tensor([4, 1], [0, 0, 0, 0]), Tensor([4, count], Array(repeating: 1e9, count: 4 * count)))
        let job = try await jobs.create(
            "net", JobSettings(["epochs": 1_000_000, "batch_size": 1]), .examples(examples))
        let steps = try await withThrowingTaskGroup(of: Set<Int64>.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    var seen: Set<Int64> = []
                    for _ in 0..<300 {
                        let answer = try await model.call([sample([1 + caller % 3, 1])])
                        let values = Set(answer.outputs[0].values)
                        #expect(values == [Float(answer.step)])
                        seen.insert(answer.step)
                    }
                    return seen
                }
            }
            return try await group.reduce(into: Set<Int64>()) { $0.formUnion($1) }
        }
        // Calls and steps did go on at once.
        #expect(steps.count > 3)
        #expect(job.description.status == .running)
        #expect(try await jobs.cancel(job.id).status == .cancelled)
    }
}
