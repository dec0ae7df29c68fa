import Checkpoints
import Formats
import Glibc
import TensorCore
import TestSupport
import Testing

@testable import Service

/// Every change of a registry, with every one of its file operations failing, or being the last: it has happened, or it
/// has not.
struct ModelRegistryFaultTests {
    /// What there is of a model: how many checkpoints it keeps, which there are, and the value that tells whose it is.
    struct Picture: Hashable {
        var keepLast: Int?
        var checkpoints: [String]
        var value: Float
    }

    typealias Pictures = [String: Picture]

    struct Change: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var keepLast: Int?
        let run: @Sendable (ModelRegistry) async throws -> Void
        /// The states that it may leave; the first is the old one, the last the new.
        let states: [Pictures]
        /// Whether what an error left undone may wait for the next such change.
        var isLate = false
    }

    private static let before: Pictures = ["net": Picture(keepLast: nil, checkpoints: ["a", "b"], value: 1)]

    private static func with(_ name: String, _ picture: Picture) -> Pictures {
        before.merging([name: picture]) { _, new in new }
    }

    private static let spec: JSONValue = ["class_name": "TwoLayerNetwork", "seed": 3]

    static let changes: [Change] = [
        Change(
            testDescription: "a creation", run: { try await $0.put("other", ModelSpec(spec)) },
            states: [before, with("other", Picture(checkpoints: [], value: 0))]),
        Change(
            testDescription: "a replacement", run: { try await $0.put("net", ModelSpec(spec)) },
            states: [before, with("net", Picture(checkpoints: ["a", "b"], value: 0))]),
        Change(
            testDescription: "a copy", run: { _ = try await $0.copy("net", to: "other") },
            states: [before, with("other", Picture(checkpoints: ["other-0"], value: 1))]),
        Change(
            testDescription: "settings",
            run: { _ = try await $0.change("net", by: ["checkpointing": ["max_to_keep": 1]]) },
            states: [before, with("net", Picture(keepLast: 1, checkpoints: ["a", "b"], value: 1))]),
        Change(
            testDescription: "a save", run: { _ = try await $0.saveCheckpoint(of: "net", id: "c") },
            states: [before, with("net", Picture(checkpoints: ["a", "b", "c"], value: 1))]),
        Change(
            testDescription: "a rotation", keepLast: 2, run: { _ = try await $0.saveCheckpoint(of: "net", id: "c") },
            states: [
                with("net", Picture(keepLast: 2, checkpoints: ["a", "b"], value: 1)),
                with("net", Picture(keepLast: 2, checkpoints: ["a", "b", "c"], value: 1)),
                with("net", Picture(keepLast: 2, checkpoints: ["b", "c"], value: 1)),
            ], isLate: true),
        Change(
            testDescription: "a checkpoint's end", run: { try await $0.deleteCheckpoint("a", of: "net") },
            states: [before, with("net", Picture(checkpoints: ["b"], value: 1))]),
        Change(testDescription: "a model's end", run: { try await $0.delete("net") }, states: [before, [:]]),
        Change(
            testDescription: "a model's end with its checkpoints",
            run: { try await $0.delete("net", withCheckpoints: true) }, states: [before, [:]]),
    ]

    // MARK: What is there

    private func picture(_ registry: ModelRegistry) async throws -> Pictures {
        var pictures: Pictures = [:]
        for name in registry.names() {
            let model = try registry.model(name)
            let bias = try await model.variable("\(name)/dense_1/bias:0").value?.values.first
            pictures[name] = Picture(
                keepLast: model.settings.checkpointing.keepLast,
                checkpoints: try registry.checkpoints(of: name).map(\.id),
                value: try #require(bias))
        }
        return pictures
    }

    /// Two checkpoints of a model that is not as a new one would be.
    private func prepare(_ registry: ModelRegistry, keepLast: Int?) async throws {
        let model = try await registry.put("net", ModelSpec(ModelRegistryFaultTests.spec)).model
        if let keepLast {
            _ = try await registry.change("net", by: ["checkpointing": ["max_to_keep": .integer(keepLast)]])
        }
        _ = try await model.assign(Tensor([1], [1]), to: "net/dense_1/bias:0")
        for id in ["a", "b"] { _ = try await registry.saveCheckpoint(of: "net", id: id) }
    }

    /// What the next start makes of a folder; it leaves nothing that was only begun.
    private func pictureAfterStart(_ path: String) async throws -> Pictures {
        let registry = try ModelRegistry(directory: path)
        #expect(await registry.load().map(\.reason) == [])
        let files = LocalFileSystem()
        for model in try files.list(path + "/models") {
            let folder = path + "/models/" + model
            let names = try files.list(folder) + files.list(folder + "/checkpoints")
            #expect(!names.contains { $0.hasPrefix(".") || $0.hasSuffix(".new") }, "\(names)")
        }
        return try await picture(registry)
    }

    /// - Returns: whether the fault came before the change was over.
    private func run(_ change: Change, _ fault: (Int) -> FaultyFiles.Fault, at number: Int) async throws -> Bool {
        let directory = TemporaryDirectory()
        let files = FaultyFiles()
        let wasMet: Bool
        var allowed = change.states
        do {
            let registry = try ModelRegistry(directory: directory.path, files: files)
            try await prepare(registry, keepLast: change.keepLast)
            files.set(fault(number))
            var failure: (any Error)?
            do { try await change.run(registry) } catch { failure = error }
            wasMet = files.operations >= number
            let isOver = if case .end = fault(number) { wasMet } else { false }
            if let failure {
                guard case ServiceError.storage? = failure as? ServiceError else { throw failure }
            }
            if !isOver {
                files.set(.none)
                let left = try await picture(registry)
                #expect(change.states.contains(left), "operation \(number) left \(left)")
                let isLate = change.isLate && failure == nil
                // What failed is asked for again; that it had happened after all is no mistake.
                do { try await change.run(registry) } catch CheckpointError.alreadyExists, CheckpointError.notFound {
                } catch let error as ServiceError {
                    if case .storage = error { throw error }
                }
                allowed = Array(change.states.suffix(isLate ? 2 : 1))
                let right = try await picture(registry)
                #expect(allowed.contains(right), "operation \(number) left \(right) when asked again")
            } else if failure == nil {
                allowed = Array(change.states.suffix(change.isLate ? 2 : 1))
            }
        }
        let found = try await pictureAfterStart(directory.path)
        #expect(allowed.contains(found), "operation \(number) left \(found) to the next start")
        return wasMet
    }

    private func sweep(_ change: Change, _ fault: (Int) -> FaultyFiles.Fault) async throws {
        var number = 1
        while try await run(change, fault, at: number) { number += 1 }
        #expect(number > 3)
    }

    // MARK: The sweeps

    @Test(arguments: changes) func hasHappenedOrNotWhenTheProcessEnds(change: Change) async throws {
        try await sweep(change) { .end(at: $0) }
    }

    @Test(arguments: changes) func hasHappenedOrNotWhenTheDiskFails(change: Change) async throws {
        try await sweep(change) { .error(EIO, at: $0) }
    }

    @Test(arguments: changes) func hasHappenedOrNotWhenTheQuotaIsUsedUp(change: Change) async throws {
        try await sweep(change) { .full(EDQUOT, from: $0) }
    }
}
