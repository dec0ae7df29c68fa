import Formats
import HTTPTestSupport
import TensorCore
import TestSupport
import Testing

private let net = #"{"class_name": "TwoLayerNetwork", "seed": 3}"#
private let bias = "/models/net/variables/net/dense_1/bias:0"

/// What the contract says of checkpoints, sentence by sentence, over a socket.
struct CheckpointTests {
    @Test func aSaveIsTensorFlowsFilesUnderFullNamesAndIsDescribed() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", net).status == 201)
            let saved = try strata.post("/models/net/checkpoints", "")
            #expect(saved.status == 201 && saved.field("location") == "/models/net/checkpoints/net-0")
            let description = saved.json
            #expect(description["id"] == "net-0" && description["step"] == 0 && description["variables"] == 5)
            #expect(description["created_at"]?.string?.hasSuffix("Z") == true)
            let folder = strata.directory.path + "/data/models/net/checkpoints"
            let files = StrataProcess.shell("cd '\(folder)'; ls -A; cat net-0.* | wc -c; cat checkpoint").output
            #expect(
                files == """
                    checkpoint
                    net-0.data-00000-of-00001
                    net-0.index
                    \(description["bytes"]?.integer ?? 0)
                    model_checkpoint_path: "net-0"
                    all_model_checkpoint_paths: "net-0"

                    """)
            let npz = try strata.request(
                "GET", "/models/net/checkpoints/net-0", headers: ["accept": "application/x-npz"])
            #expect(
                try NPZ.read(ByteRegion(copying: npz.content)).names.sorted() == [
                    "global_step", "net/dense/bias", "net/dense/kernel", "net/dense_1/bias", "net/dense_1/kernel",
                ])
            #expect(try strata.post("/models/net/checkpoints", "").status == 409)
            #expect(
                try strata.post("/models/net/checkpoints", #"{"id": "net-0"}"#).json["kind"] == "AlreadyExistsError")
            for id in ["checkpoint", "../net", "a/b", "", ".x"] {
                #expect(try strata.post("/models/net/checkpoints", "{\"id\": \"\(id)\"}").status == 422)
            }
            #expect(try strata.post("/models/net/checkpoints", #"{"id": 3}"#).status == 422)
            #expect(try strata.post("/models/net/checkpoints", #"{"name": "x"}"#).status == 422)
            #expect(try strata.post("/models/nat/checkpoints", "").status == 404)
            #expect(try strata.get("/models/net/checkpoints/net-0").json == description)
        }
    }

    @Test func theListIsNewestLastAndTheFilesAreTheTruth() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", net).status == 201)
            for id in ["b", "a", "c"] {
                #expect(try strata.post("/models/net/checkpoints", "{\"id\": \"\(id)\"}").status == 201)
            }
            func ids() throws -> [String]? {
                try strata.get("/models/net/checkpoints").json["checkpoints"]?.array?.compactMap { $0["id"]?.string }
            }
            #expect(try ids() == ["b", "a", "c"])
            let folder = strata.directory.path + "/data/models/net/checkpoints"
            let copy = "cd '\(folder)'; cp '\(Goldens.directory)'/tf_checkpoints/net_adam/model.ckpt-25"
            #expect(StrataProcess.shell(copy + ".index .").status == 0)
            #expect(try ids() == ["b", "a", "c"], "half a copy is no checkpoint")
            #expect(try strata.post("/models/net/restore", #"{"checkpoint": "model.ckpt-25"}"#).status == 409)
            #expect(StrataProcess.shell(copy + ".data-00000-of-00001 .; rm a.index").status == 0)
            #expect(try ids() == ["b", "c", "model.ckpt-25"])
            #expect(try strata.post("/models/net/restore", #"{"checkpoint": "model.ckpt-25"}"#).json["step"] == 25)
            #expect(try strata.post("/models/net/restore", #"{"checkpoint": "latest"}"#).json["step"] == 0)
        }
    }

    @Test func rotationKeepsWhatTheSettingsSay() async throws {
        try await onThread {
            let strata = try StrataProcess()
            let spec = #"{"class_name": "TwoLayerNetwork", "checkpointing": {"max_to_keep": 2}}"#
            let made = try strata.put("/models/net", spec)
            #expect(made.status == 201 && made.json["checkpointing"]?["max_to_keep"] == 2)
            func save(_ id: String) throws -> [String]? {
                #expect(try strata.post("/models/net/checkpoints", "{\"id\": \"\(id)\"}").status == 201)
                return try strata.get("/models/net/checkpoints").json["checkpoints"]?.array?.compactMap {
                    $0["id"]?.string
                }
            }
            #expect(try save("a") == ["a"])
            #expect(try save("b") == ["a", "b"])
            #expect(try save("c") == ["b", "c"])
            let changed = try strata.request(
                "PATCH", "/models/net", #"{"checkpointing": {"max_to_keep": 1, "keep_every_n_hours": 2}}"#)
            #expect(changed.status == 200 && changed.json["checkpointing"]?["keep_every_n_hours"]?.double == 2)
            #expect(try save("d") == ["d"])
            #expect(try strata.request("PATCH", "/models/net", #"{"checkpointing": null}"#).status == 200)
            #expect(try save("e") == ["d", "e"])
            #expect(
                try strata.request("PATCH", "/models/net", #"{"checkpointing": {"max_to_keep": "all"}}"#).status == 422)
        }
    }

    @Test func aRestoreTakesMapsAndPartsAndChangesAllOrNothing() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", net).status == 201)
            let tensors: NamedTensors = [
                "w": Tensor([8, 16], Array(repeating: 1, count: 128)),
                "dense/bias": Tensor([16], Array(repeating: 2, count: 16)),
                "net/dense_1/kernel": Tensor([16, 1], Array(repeating: 3, count: 16)),
            ]
            let file = try SafetensorsPlan.pieces(tensors).flatMap(\.array)
            #expect(
                try strata.request(
                    "PUT", "/models/net/checkpoints/theirs", bytes: file, type: "application/vnd.safetensors"
                )
                .status == 201)
            func restore(_ body: String) throws -> RawAnswer { try strata.post("/models/net/restore", body) }
            let before = try strata.get("/models/net/variables?values=true").content
            let map = #""map": {"w": "net/dense/kernel:0"}"#
            let missing = try restore(#"{"checkpoint": "theirs"}"#)
            #expect(missing.status == 409 && missing.json["detail"]?.string?.contains("net/dense/kernel:0") == true)
            let stillMissing = try restore("{\"checkpoint\": \"theirs\", \(map)}")
            #expect(
                stillMissing.status == 409
                    && stillMissing.json["detail"]?.string?.contains("net/dense_1/bias:0") == true)
            let misfit = try restore(#"{"checkpoint": "theirs", "map": {"w": "net/dense/bias"}, "partial": true}"#)
            #expect(misfit.status == 409 && misfit.json["detail"]?.string?.contains("net/dense/bias:0") == true)
            #expect(try restore(#"{"checkpoint": "theirs", "map": {"v": "net/dense/kernel"}}"#).status == 409)
            #expect(
                try restore(#"{"checkpoint": "theirs", "map": {"w": "net/dance/kernel"}, "partial": true}"#).status
                    == 409)
            #expect(try restore(#"{"checkpoint": "nothing"}"#).status == 404)
            #expect(try restore(#"{}"#).status == 422)
            #expect(try restore(#"{"checkpoint": "theirs", "map": ["w"]}"#).status == 422)
            #expect(try strata.get("/models/net/variables?values=true").content == before)

            let done = try restore("{\"checkpoint\": \"theirs\", \(map), \"partial\": true}")
            // A step that the checkpoint does not have starts fresh.
            #expect(done.status == 200 && done.json["step"] == 0 && done.json["version"] == 2)
            let answer = try strata.post("/models/net/call", #"{"inputs": [[1,1,1,1,1,1,1,1]]}"#)
            #expect(answer.json["outputs"] == [[480.0]])
            #expect(answer.field("strata-version") == "2")
        }
    }

    @Test func aFileThatMayNotGrowIsToldAndTheServerLives() async throws {
        try await onThread {
            // dash counts in blocks of 512 bytes.
            let strata = try StrataProcess(after: "ulimit -f 200")
            let large =
                #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 200, "input_shape": [200]}}]}}"#
            #expect(try strata.put("/models/large", large).status == 201)
            #expect(try strata.put("/models/net", net).status == 201)
            let full = try strata.post("/models/large/checkpoints", "")
            #expect(full.status == 507 && full.json["kind"] == "ResourceExhausted")
            #expect(full.json["detail"]?.string?.contains("size limit") == true)
            #expect(try strata.get("/models/large/checkpoints").json["checkpoints"] == [])
            let upload = try strata.request(
                "PUT", "/models/net/checkpoints/u", bytes: Array(repeating: 0, count: 150_000),
                type: "application/x-tar")
            #expect(upload.status == 507)
            #expect(try strata.post("/models/net/checkpoints", "").status == 201)
            let files = StrataProcess.shell("cd '\(strata.directory.path)/data/models'; find . -type f | sort").output
            #expect(
                files == """
                    ./large/model.json
                    ./net/checkpoints/checkpoint
                    ./net/checkpoints/net-0.data-00000-of-00001
                    ./net/checkpoints/net-0.index
                    ./net/model.json

                    """)
            #expect(strata.end() == 0)
        }
    }

    /// Every checkpoint that is saved while values change holds the values of one version.
    @Test func savingGoesOnBesideCallsAndAssignments() async throws {
        let rounds = 12
        let strata = try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", net).status == 201)
            return strata
        }
        async let saves: Void = onThread { () throws in
            for number in 0..<rounds {
                #expect(try strata.post("/models/net/checkpoints", "{\"id\": \"s\(number)\"}").status == 201)
            }
        }
        async let calls: Void = onThread { () throws in
            for _ in 0..<rounds * 4 {
                #expect(try strata.post("/models/net/call", #"{"inputs": [[1,1,1,1,1,1,1,1]]}"#).status == 200)
            }
        }
        try await onThread { () throws in
            for number in 0..<rounds * 2 {
                let rows = Array(repeating: "[\(number)]", count: 16).joined(separator: ",")
                let path = "/models/net/variables/net/dense_1/kernel:0"
                #expect(try strata.put(path, "{\"value\": [\(rows)]}").status == 200)
            }
        }
        _ = try await (saves, calls)
        try await onThread {
            var found: Set<[Float]> = []
            for number in 0..<rounds {
                let answer = try strata.request(
                    "GET", "/models/net/checkpoints/s\(number)", headers: ["accept": "application/vnd.safetensors"])
                let reader = try SafetensorsReader(ByteRegion(copying: answer.content))
                found.insert(try reader.tensor("net/dense_1/kernel").values)
            }
            // All but the values that it was made with are sixteen times one number.
            #expect(found.filter { Set($0).count > 1 }.count <= 1)
        }
    }
}
