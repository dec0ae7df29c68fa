import Formats
import HTTPTestSupport
import TensorCore
import TestSupport
import Testing

private let net = #"{"class_name": "TwoLayerNetwork", "seed": 3}"#

/// Checkpoints that leave the server and come back.
struct CheckpointTransferTests {
    @Test(arguments: ["application/vnd.safetensors", "application/x-npz", "application/x-tar"])
    func aDownloadCanBeUploadedAndRestored(type: String) async throws {
        try await onThread {
            let strata = try StrataProcess()
            let bias = "/models/net/variables/net/dense_1/bias:0"
            #expect(try strata.put("/models/net", net).status == 201)
            #expect(try strata.put(bias, #"{"value": [2.5]}"#).status == 200)
            #expect(try strata.post("/models/net/checkpoints", #"{"id": "here"}"#).status == 201)
            let path = "/models/net/checkpoints/here"
            let download = try strata.request("GET", path, headers: ["accept": type])
            #expect(download.status == 200 && download.field("content-type") == type)

            #expect(try strata.put(bias, #"{"value": [0]}"#).status == 200)
            let there = "/models/net/checkpoints/there"
            #expect(try strata.request("PUT", there, bytes: download.content, type: type).status == 201)
            #expect(try strata.request("PUT", there, bytes: download.content, type: type).status == 409)
            #expect(try strata.post("/models/net/restore", #"{"checkpoint": "there"}"#).status == 200)
            #expect(try strata.get(bias).json["value"] == [2.5])
        }
    }

    @Test func aDownloadIsConditionalAndInRanges() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", net).status == 201)
            #expect(try strata.post("/models/net/checkpoints", #"{"id": "c"}"#).status == 201)
            let path = "/models/net/checkpoints/c"
            for type in ["application/vnd.safetensors", "application/x-npz", "application/x-tar"] {
                func get(_ headers: [String: String] = [:], _ method: String = "GET") throws -> RawAnswer {
                    try strata.request(method, path, headers: headers.merging(["accept": type]) { first, _ in first })
                }
                let whole = try get()
                let tag = try #require(whole.field("etag"))
                #expect(whole.status == 200 && whole.field("accept-ranges") == "bytes")
                #expect(!tag.hasPrefix("W/"))
                let head = try get([:], "HEAD")
                #expect(
                    head.status == 200 && head.field("content-length") == "\(whole.content.count)"
                        && head.field("etag") == tag)
                #expect(try get(["if-none-match": tag]).status == 304)
                #expect(try get(["if-match": "\"other\""]).status == 412)
                let part = try get(["range": "bytes=100-", "if-range": tag])
                #expect(part.status == 206 && part.content == Array(whole.content[100...]))
                #expect(part.field("content-range") == "bytes 100-\(whole.content.count - 1)/\(whole.content.count)")
                #expect(try get(["range": "bytes=-5"]).content == Array(whole.content.suffix(5)))
                let stale = try get(["range": "bytes=100-", "if-range": "\"other\""])
                #expect(stale.status == 200 && stale.content == whole.content)
                #expect(try get(["range": "bytes=999999-"]).status == 416)
            }
            let tags = try ["application/json", "application/x-npz", "application/x-tar"].map {
                try strata.request("GET", path, headers: ["accept": $0]).field("etag")
            }
            #expect(Set(tags).count == 3)
            #expect(try strata.request("GET", path, headers: ["accept": "text/html"]).status == 406)
            #expect(try strata.request("GET", path + "x", headers: ["accept": "application/x-npz"]).status == 404)
        }
    }

    @Test func whatAFormCannotHoldIsNotAcceptableAndWhatIsDamagedAConflict() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", net).status == 201)
            let folder = strata.directory.path + "/data/models/net/checkpoints"
            let copied = StrataProcess.shell(
                "cp '\(Goldens.directory)'/tf_checkpoints/all_dtypes/model.ckpt.* '\(folder)/'")
            #expect(copied.status == 0)
            func get(_ type: String) throws -> RawAnswer {
                try strata.request("GET", "/models/net/checkpoints/model.ckpt", headers: ["accept": type])
            }
            for type in ["application/vnd.safetensors", "application/x-npz"] {
                let answer = try get(type)
                #expect(answer.status == 406 && answer.json["detail"]?.string?.contains("t/") == true)
            }
            #expect(try get("application/x-tar").status == 200)
            let spoil = "printf '\\377' | dd of='\(folder)/model.ckpt.data-00000-of-00001' bs=1 seek=300 conv=notrunc"
            #expect(StrataProcess.shell(spoil).status == 0)
            let damaged = try get("application/x-tar")
            #expect(damaged.status == 409 && damaged.json["detail"]?.string?.contains("damaged") == true)
        }
    }

    @Test func whatIsDamagedOrTooLargeLeavesNothingBehind() async throws {
        try await onThread {
            let strata = try StrataProcess(["--max-upload-bytes", "2000"])
            #expect(try strata.put("/models/net", net).status == 201)
            #expect(try strata.post("/models/net/checkpoints", #"{"id": "c"}"#).status == 201)
            let type = "application/vnd.safetensors"
            var bytes = try strata.request("GET", "/models/net/checkpoints/c", headers: ["accept": type]).content
            bytes[bytes.count - 1] ^= 1
            let path = "/models/net/checkpoints/d"
            #expect(try strata.request("PUT", path, bytes: bytes, type: type).status == 400)
            #expect(try strata.request("PUT", path, bytes: Array(bytes.dropLast(9)), type: type).status == 400)
            #expect(try strata.request("PUT", path, bytes: Array(repeating: 0, count: 2001), type: type).status == 413)
            #expect(try strata.request("PUT", path, bytes: bytes, type: "text/plain").status == 415)
            #expect(try strata.get("/models/net/checkpoints").json["checkpoints"]?.array?.count == 1)
            let folder = strata.directory.path + "/data/models/net/checkpoints"
            let files = StrataProcess.shell("ls -A '\(folder)'").output.split(separator: "\n").sorted()
            #expect(files == ["c.data-00000-of-00001", "c.index", "checkpoint"])
        }
    }

    @Test func aDeletedCheckpointIsGone() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", net).status == 201)
            #expect(try strata.post("/models/net/checkpoints", #"{"id": "c"}"#).status == 201)
            #expect(try strata.post("/models/net/checkpoints", #"{"id": "c"}"#).status == 409)
            #expect(try strata.request("DELETE", "/models/net/checkpoints/c").status == 204)
            #expect(try strata.request("DELETE", "/models/net/checkpoints/c").status == 404)
            #expect(try strata.get("/models/net/checkpoints/c").status == 404)
        }
    }
}
