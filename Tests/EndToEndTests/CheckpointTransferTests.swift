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

            let tag = try #require(download.field("etag"))
            #expect(try strata.request("GET", path, headers: ["accept": type, "if-none-match": tag]).status == 304)
            let range = try strata.request("GET", path, headers: ["accept": type, "range": "bytes=10-29"])
            #expect(range.status == 206 && range.content == Array(download.content[10..<30]))

            #expect(try strata.put(bias, #"{"value": [0]}"#).status == 200)
            let there = "/models/net/checkpoints/there"
            #expect(try strata.request("PUT", there, bytes: download.content, type: type).status == 201)
            #expect(try strata.request("PUT", there, bytes: download.content, type: type).status == 409)
            #expect(try strata.post("/models/net/restore", #"{"checkpoint": "there"}"#).status == 200)
            #expect(try strata.get(bias).json["value"] == [2.5])
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
