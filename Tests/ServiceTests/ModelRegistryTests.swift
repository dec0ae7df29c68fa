import Checkpoints
import Formats
import Layers
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Service

struct ModelRegistryTests {
    let directory = TemporaryDirectory()

    func registry(_ limits: ServiceLimits = ServiceLimits()) throws -> ModelRegistry {
        try ModelRegistry(directory: directory.path, limits: limits)
    }

    func spec(units: Int = 2) throws -> ModelSpec {
        try ModelSpec([
            "class_name": "Sequential",
            "config": ["layers": [["class_name": "Dense", "config": ["units": .integer(units), "input_shape": [3]]]]],
            "seed": 1,
        ])
    }

    let unbuilt: JSONValue = [
        "class_name": "Sequential", "config": ["layers": [["class_name": "Dense", "config": ["units": 2]]]],
    ]

    @Test func aSeedDecidesTheFirstValues() async throws {
        let registry = try registry()
        let first = try await registry.put("a", spec()).model.variables(withValues: true).map { $0.value?.values }
        let second = try await registry.put("b", spec()).model.variables(withValues: true).map { $0.value?.values }
        #expect(first == second)
        #expect(first[0]?.contains { $0 != 0 } == true)
    }

    @Test func aModelWithoutAnInputShapeIsBuiltByItsFirstCallOnce() async throws {
        let model = try await registry().put("net", ModelSpec(unbuilt)).model
        #expect(await !model.description().isBuilt)
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<16 { group.addTask { try await model.call([sample([2, 3])]).outputs[0].values } }
            var answers: Set<[Float]> = []
            for try await answer in group { answers.insert(answer) }
            #expect(answers.count == 1)
        }
        #expect(try await model.variables().map(\.name) == ["net/dense/kernel:0", "net/dense/bias:0"])
        await #expect(throws: (any Error).self) { try await model.call([sample([2, 4])]) }
    }

    @Test func statefulLayersGoOnFromCallToCall() async throws {
        let registry = try registry()
        func spec(isStateful: Bool, steps: Int) throws -> ModelSpec {
            let recurrent: JSONValue = [
                "units": 2, "stateful": .bool(isStateful), "batch_input_shape": [2, .integer(steps), 3],
            ]
            return try ModelSpec([
                "class_name": "Sequential", "seed": 1,
                "config": [
                    "layers": [
                        ["class_name": "SimpleRNN", "config": recurrent],
                        ["class_name": "Dense", "config": ["units": 1]],
                    ]
                ], "training": ["optimizer": "SGD", "loss": "mse"],
            ])
        }
        let stateful = try await registry.put("stateful", spec(isStateful: true, steps: 2)).model
        let whole = try await registry.put("whole", spec(isStateful: false, steps: 4)).model
        let x = sample([2, 4, 3])
        let parts = try split(x, sizes: [2, 2], axis: 1)
        _ = try await stateful.call([parts[0]])
        let second = try await stateful.call([parts[1]])
        let expected = try await whole.call([x])
        for (a, b) in zip(second.outputs[0].values, expected.outputs[0].values) { #expect(abs(a - b) < 1e-6) }
        #expect(second.version == 3 && !stateful.hasUnsavedValues)
        // The ways without a task are for calls that leave nothing behind.
        #expect(try stateful.callAtOnce([parts[0]], training: false, stateful.signature) == nil)
        #expect(try stateful.callOnPool([parts[0]], training: false, stateful.signature) == nil)
        #expect(try whole.callOnPool([x], training: false, whole.signature) != nil)
        // What asks for training leaves nothing.
        _ = try await stateful.call([parts[0]], training: true)
        #expect(stateful.version == 3)

        try await stateful.resetStates()
        let again = [try await stateful.call([parts[0]]), try await stateful.call([parts[1]])]
        #expect(again[1].outputs[0].values == second.outputs[0].values)
        await #expect(throws: ServiceError.self) { try await stateful.call([sample([1, 2, 3])]) }
        await #expect(throws: ServiceError.self) { try await whole.resetStates() }
        _ = try await stateful.train(Examples(parts[0], Tensor([2, 1], [0, 1])))
        #expect(try await stateful.call([parts[1]]).step == 1)
    }

    @Test func anAnswerTellsTheVersionItComesFrom() async throws {
        let model = try await registry().put("net", spec()).model
        let before = try await model.call([sample([1, 3])])
        #expect(before.version == 1 && before.step == 0)
        _ = try await model.assign(Tensor([2], [1, 2]), to: "net/dense/bias:0")
        let after = try await model.call([sample([1, 3])])
        #expect(after.version == 2)
        #expect(after.outputs[0].values != before.outputs[0].values)
    }

    @Test func refusesMoreModelsAndLargerOnesThanItMay() async throws {
        let registry = try registry(ServiceLimits(modelsMax: 1, parametersMax: 8))
        try await registry.put("a", spec())
        await #expect(throws: ServiceError.tooManyModels(limit: 1)) { try await registry.put("b", spec()) }
        await #expect(throws: ServiceError.tooManyParameters(count: 9, limit: 8)) {
            try await registry.put("a", spec(units: 3))
        }
        // The one that was there goes on.
        #expect(try await registry.model("a").call([sample([1, 3])]).outputs[0].shape == [1, 2])
    }

    @Test func anAbsurdlyLargeModelIsRefusedBeforeItsMemoryIsTaken() async throws {
        let registry = try registry(ServiceLimits(parametersMax: 1 << 30))
        let spec = try spec(units: Int(Int32.max))
        await #expect(throws: ServiceError.tooManyParameters(count: 3 * Int(Int32.max), limit: 1 << 30)) {
            try await registry.put("a", spec)
        }
        #expect(registry.names().isEmpty)
    }

    @Test func aBrokenModelIsReportedAndStopsNoOther() async throws {
        do {
            let registry = try registry()
            try await registry.put("good", spec())
            try await registry.put("bad", spec())
        }
        let files = LocalFileSystem()
        try files.write(Array(#"{"format": 1, "spec": {}}"#.utf8), to: directory.path + "/models/bad/model.json")
        let registry = try registry()
        #expect(await registry.load().map(\.name) == ["bad"])
        #expect(try await registry.model("good").call([sample([1, 3])]).outputs[0].shape == [1, 2])
        #expect(throws: ServiceError.self) { try registry.model("bad") }
        #expect(try await registry.description(of: "bad").error != nil)
        try await registry.put("bad", spec())
        #expect(try await registry.description(of: "bad").error == nil)
    }

    @Test func checkpointsThatStayedGoWhenTheyAreAskedForAgain() async throws {
        let registry = try registry()
        try await registry.put("net", spec())
        _ = try await registry.saveCheckpoint(of: "net", id: "a")
        try await registry.delete("net")
        await #expect(throws: ServiceError.noSuchModel("net")) { try await registry.delete("net") }
        try await registry.delete("net", withCheckpoints: true)
        #expect(try LocalFileSystem().list(directory.path + "/models/net/checkpoints").isEmpty)
        await #expect(throws: ServiceError.noSuchModel("net")) {
            try await registry.delete("net", withCheckpoints: true)
        }
        await #expect(throws: ServiceError.noSuchModel("..")) { try await registry.delete("..", withCheckpoints: true) }
    }

    @Test func aDirectoryServesOneRegistryAtATime() throws {
        let first = try registry()
        #expect(throws: ServiceError.self) { try registry() }
        withExtendedLifetime(first) {}
    }

    @Test func aDeletedModelLeavesNoObjectsBehind() async throws {
        let registry = try registry()
        weak var model: Model?
        weak var core: ModelCore?
        do {
            let made = try await registry.put("net", spec()).model
            _ = try await made.call([sample([1, 3])])
            (model, core) = (made, made.core)
            try await registry.delete("net")
        }
        #expect(model == nil && core == nil)
        #expect(throws: ServiceError.noSuchModel("net")) { try registry.model("net") }
    }

    @Test func aRestoreOfAModelNotYetBuiltIsKeptForIt() async throws {
        let registry = try registry()
        let first = try await registry.put("net", spec()).model
        _ = try await first.assign(Tensor([2], [5, 6]), to: "net/dense/bias:0")
        _ = try await registry.saveCheckpoint(of: "net", id: "kept")
        try await registry.put("net", ModelSpec(unbuilt))
        let second = try await registry.restore("net", checkpoint: "kept")
        #expect(try await second.variables().isEmpty)
        _ = try await second.call([sample([1, 3])])
        #expect(try await second.variable("net/dense/bias:0").value?.values == [5, 6])
    }

    @Test func namesInACheckpointMayBeMappedAndMayBeMissing() async throws {
        let registry = try registry()
        let model = try await registry.put("net", spec()).model
        let directory = try CheckpointDirectory(self.directory.path + "/models/net/checkpoints")
        try directory.save(
            "theirs",
            [BundleItem("w", Tensor([3, 2], [1, 2, 3, 4, 5, 6])), BundleItem("dense/bias", Tensor([2], [7, 8]))])
        await #expect(
            throws: ServiceError.conflict("the checkpoint has no 'dense/kernel' for variable net/dense/kernel:0")
        ) {
            try await registry.restore("net", checkpoint: "theirs")
        }
        #expect(model.version == 1)
        _ = try await registry.restore("net", checkpoint: "theirs", map: ["w": "net/dense/kernel:0"])
        #expect(try await model.variables(withValues: true).map { $0.value?.values } == [[1, 2, 3, 4, 5, 6], [7, 8]])
        _ = try await registry.restore("net", checkpoint: "theirs", partial: true)
        await #expect(throws: ServiceError.conflict("map names 'v', which the checkpoint does not have")) {
            try await registry.restore("net", checkpoint: "theirs", map: ["v": "net/dense/kernel"])
        }
    }

    @Test func oneDifferentShapeInACheckpointChangesNothing() async throws {
        let registry = try registry()
        let model = try await registry.put("net", spec()).model
        let directory = try CheckpointDirectory(self.directory.path + "/models/net/checkpoints")
        try directory.save(
            "odd",
            [
                BundleItem("net/dense/kernel", Tensor([3, 2], [1, 2, 3, 4, 5, 6])),
                BundleItem("net/dense/bias", Tensor([3], [7, 8, 9])),
            ])
        await #expect(throws: ServiceError.self) { try await registry.restore("net", checkpoint: "odd") }
        #expect(model.version == 1)
    }

    @Test func savesWhatNoCheckpointHasWhenItCloses() async throws {
        do {
            let registry = try registry()
            let model = try await registry.put("net", spec()).model
            try await registry.put("unchanged", spec())
            _ = try await model.assign(Tensor([2], [1, 2]), to: "net/dense/bias:0")
            #expect(await registry.close().isEmpty)
            #expect(try registry.checkpoints(of: "net").map(\.id) == ["net-0"])
            #expect(try registry.checkpoints(of: "unchanged").isEmpty)
            await #expect(throws: ServiceError.stopping) { try await registry.put("late", spec()) }
        }
        let registry = try registry()
        #expect(await registry.load().isEmpty)
        #expect(try await registry.model("net").variable("net/dense/bias:0").value?.values == [1, 2])
    }
}
