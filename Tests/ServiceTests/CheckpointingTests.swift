import Checkpoints
import Formats
import TensorCore
import TestSupport
import Testing

@testable import Service

struct CheckpointingTests {
    let directory = TemporaryDirectory()
    private let files = LocalFileSystem()

    private var folder: String { directory.path + "/models/net/checkpoints" }

    private func registry() throws -> ModelRegistry { try ModelRegistry(directory: directory.path) }

    private func ids(_ registry: ModelRegistry) throws -> [String] {
        try registry.checkpoints(of: "net").map(\.id).sorted()
    }

    @Test func whatIsLeftOutStaysAndNullGoesBack() throws {
        let two = try Checkpointing().changed(by: ["max_to_keep": 2, "keep_every_n_hours": 1.5])
        #expect(two.policy == CheckpointPolicy(keepLast: 2, keepEveryHours: 1.5))
        #expect(try two.changed(by: [:]) == two)
        #expect(try two.changed(by: ["keep_every_n_hours": .null]).policy == CheckpointPolicy(keepLast: 2))
        #expect(try two.changed(by: ["max_to_keep": 0]).keepLast == nil)
        #expect(try Checkpointing().changed(by: two.json) == two)
        #expect(Checkpointing().json == ["max_to_keep": .null, "keep_every_n_hours": .null])
    }

    @Test(arguments: [
        (#"3"#, "checkpointing must be an object"), (#"{"keep": 1}"#, "no 'keep'"),
        (#"{"max_to_keep": -1}"#, "from 0 to 1000000, or null for all, but it is -1"),
        (#"{"max_to_keep": 1.5}"#, "but it is 1.5"), (#"{"keep_every_n_hours": 0}"#, "above 0"),
        (#"{"keep_every_n_hours": "1"}"#, #"but it is "1""#),
    ])
    func saysWhatIsWrong(text: String, phrase: String) throws {
        let json = try JSONValue(parsing: text)
        #expect {
            try Checkpointing().changed(by: json)
        } throws: { error in
            "\(error)".contains(phrase)
        }
    }

    @Test func aModelKeepsSoManyOfItsOwn() async throws {
        let spec = try ModelSpec(["class_name": "TwoLayerNetwork", "seed": 1, "checkpointing": ["max_to_keep": 2]])
        do {
            let registry = try registry()
            try await registry.put("net", spec)
            for id in ["a", "b", "c"] { _ = try await registry.saveCheckpoint(of: "net", id: id) }
            #expect(try ids(registry) == ["b", "c"])
            _ = try await registry.change("net", by: ["checkpointing": ["max_to_keep": 3]])
            _ = try await registry.saveCheckpoint(of: "net", id: "d")
            #expect(try ids(registry) == ["b", "c", "d"])
        }
        // The setting and the order outlive a restart.
        let registry = try registry()
        #expect(await registry.load().isEmpty)
        _ = try await registry.saveCheckpoint(of: "net", id: "e")
        #expect(try ids(registry) == ["c", "d", "e"])
        // What an earlier model of this name left is not this one's to remove.
        try await registry.put("net", spec)
        for id in ["f", "g", "h"] { _ = try await registry.saveCheckpoint(of: "net", id: id) }
        #expect(try ids(registry) == ["c", "d", "e", "g", "h"])
    }

    @Test func whatWasSentNeitherComesBackInsteadOfWhatWasSavedNorBreaksTheModel() async throws {
        let bias = "net/dense_1/bias:0"
        do {
            let registry = try registry()
            let model = try await registry.put("net", ModelSpec(["class_name": "TwoLayerNetwork", "seed": 1])).model
            try await send(["x": Tensor(1)], as: "misfit", to: registry)
            #expect(model.version == 1)
        }
        do {
            // There is nothing but what does not fit: the model is as it was made.
            let registry = try registry()
            #expect(await registry.load().isEmpty)
            let model = try registry.model("net")
            _ = try await model.assign(Tensor([1], [2]), to: bias)
            _ = try await registry.saveCheckpoint(of: "net", id: "own")
            try await send(["x": Tensor(1)], as: "later", to: registry)
        }
        let registry = try registry()
        #expect(await registry.load().isEmpty)
        #expect(try await registry.model("net").variable(bias).value?.values == [2])
        _ = try await registry.restore("net")
        #expect(try registry.checkpoints(of: "net").map(\.id) == ["misfit", "own", "later"])
    }

    private func send(_ tensors: NamedTensors, as id: String, to registry: ModelRegistry) async throws {
        var pieces = try SafetensorsPlan.pieces(tensors)[...]
        _ = try await registry.importCheckpoint(id, of: "net", as: .safetensors, bytesMax: 1 << 20) {
            pieces.popFirst()
        }
    }

    @Test func whatADamagedFileSaysIsAConflict() async throws {
        let registry = try registry()
        try await registry.put("net", ModelSpec(["class_name": "TwoLayerNetwork", "seed": 1]))
        _ = try await registry.saveCheckpoint(of: "net", id: "c")
        let path = folder + "/c.data-00000-of-00001"
        var bytes = try Goldens.bytes(at: path)
        bytes[9] ^= 1
        try files.write(bytes, to: path)
        for form in CheckpointForm.allCases {
            await #expect {
                try await registry.exportCheckpoint("c", of: "net", as: form)
            } throws: { error in
                guard case ServiceError.conflict(let text) = error else { return false }
                return text.contains("'c' is damaged")
            }
        }
        try files.write(Array(bytes.dropLast()), to: path)
        await #expect {
            try await registry.restore("net", checkpoint: "c")
        } throws: { error in
            guard case ServiceError.conflict(let text) = error else { return false }
            return text.contains("'c' is damaged")
        }
    }

    @Test func aStartClearsUpWhatAKillLeft() async throws {
        do {
            let registry = try registry()
            for name in ["net", "gone"] {
                try await registry.put(name, ModelSpec(["class_name": "TwoLayerNetwork", "seed": 1]))
                _ = try await registry.saveCheckpoint(of: name, id: "c")
            }
            try await registry.delete("gone")
        }
        let models = directory.path + "/models/"
        let leftovers = [
            "net/model.json.new", "net/requests.json.new", "gone/model.json.new", "net/checkpoints/.upload-1",
            "net/checkpoints/.tmp-d.data-00000-of-00001", "gone/checkpoints/.tmp-checkpoint",
        ]
        for name in leftovers { try files.write([1], to: models + name) }
        let registry = try registry()
        #expect(await registry.load().isEmpty)
        for name in leftovers { #expect(try files.status(models + name) == nil, "\(name)") }
        #expect(try ids(registry) == ["c"])
        #expect(try files.status(models + "gone/checkpoints/c.index") != nil)
    }

    @Test func whatComesForAModelThatIsReplacedMeanwhileIsRefused() async throws {
        let registry = try registry()
        let spec = try ModelSpec(["class_name": "TwoLayerNetwork", "seed": 1])
        try await registry.put("net", spec)
        var pieces = try SafetensorsPlan.pieces(["x": Tensor(1)])[...]
        await #expect(
            throws: ServiceError.conflict("model 'net' was replaced while the checkpoint came")
        ) {
            try await registry.importCheckpoint("u", of: "net", as: .safetensors, bytesMax: 1 << 20) {
                if pieces.count == 1 { try await registry.put("net", spec) }
                return pieces.popFirst()
            }
        }
        #expect(try ids(registry).isEmpty)
    }

    @Test func aBrokenModelsCheckpointsGoWithItToo() async throws {
        do {
            let registry = try registry()
            try await registry.put("net", ModelSpec(["class_name": "TwoLayerNetwork", "seed": 1]))
            _ = try await registry.saveCheckpoint(of: "net", id: "c")
        }
        try files.write(Array("{}".utf8), to: directory.path + "/models/net/model.json")
        let registry = try registry()
        #expect(await registry.load().map(\.name) == ["net"])
        try await registry.delete("net", withCheckpoints: true)
        #expect(try files.list(folder).isEmpty)
        #expect(try files.list(directory.path + "/models/net") == ["checkpoints"])
    }
}
