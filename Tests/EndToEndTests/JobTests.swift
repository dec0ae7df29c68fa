import Formats
import HTTPServer
import HTTPTestSupport
import Locking
import TensorCore
import TestSupport
import Testing

private let net = """
    {"class_name": "Sequential", "seed": 1, "config": {"layers": [
      {"class_name": "Dense", "config": {"units": 4, "activation": "tanh", "input_shape": [2]}},
      {"class_name": "Dense", "config": {"units": 1}}]},
     "training": {"optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.01}}, "loss": "mse", "metrics": ["mae"]}}
    """

private let table = "a,b,label\n" + (0..<40).map { "\($0 % 7),0.\($0 % 10),\($0 % 3)\n" }.joined()

extension StrataProcess {
    /// Uploads the table, makes the model and asks for a job.
    fileprivate func begin(_ settings: String) throws -> String {
        guard try request("PUT", "/datasets/t", table, type: "text/csv").status / 100 == 2,
            try put("/models/net", net).status / 100 == 2
        else { throw Failure(description: "no model or no data") }
        let answer = try post("/models/net/jobs", #"{"data": {"dataset": "t"}, \#(settings)}"#)
        guard answer.status == 202, let id = answer.json["id"]?.string, answer.field("location") == "/jobs/\(id)" else {
            throw Failure(description: answer.text)
        }
        return id
    }

    /// The events of a job until its end.
    fileprivate func follow(_ id: String, after last: String? = nil) throws -> [Event] {
        let answer = try request("GET", "/jobs/\(id)/events", headers: last.map { ["last-event-id": $0] } ?? [:])
        #expect(answer.field("content-type") == "text/event-stream")
        return Event.all(in: answer.text)
    }
}

/// One server-sent event.
private struct Event {
    let name: String
    let id: String
    let data: JSONValue

    static func all(in text: String) -> [Event] {
        text.split(separator: "\n\n").compactMap { block in
            var fields: [Substring: Substring] = [:]
            for line in block.split(separator: "\n") where !line.hasPrefix(":") {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2 { fields[parts[0]] = parts[1].drop { $0 == " " } }
            }
            guard let name = fields["event"], let id = fields["id"] else { return nil }
            return Event(
                name: String(name), id: String(id),
                data: (try? JSONValue(parsing: String(fields["data"] ?? ""))) ?? .null)
        }
    }
}

/// Training in the background over a socket.
struct JobTests {
    @Test func dataSetsAreUploadedListedDescribedAndDeleted() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let first = try StrataProcess(["--max-upload-bytes", "20000"], in: directory)
            let answer = try first.request("PUT", "/datasets/t", table, type: "text/csv")
            #expect(answer.status == 201 && answer.field("location") == "/datasets/t")
            #expect(try first.request("PUT", "/datasets/t", table, type: "text/csv").status == 200)
            let npz = try NPZ.pieces(["x": sample([5, 2]), "y": sample([5, 1])]).flatMap(\.array)
            #expect(try first.request("PUT", "/datasets/n", bytes: npz, type: "application/x-npz").status == 201)
            let large = [UInt8](repeating: 0x31, count: 20_001)
            #expect(try first.request("PUT", "/datasets/l", bytes: large, type: "text/csv").status == 413)
            #expect(try first.request("PUT", "/datasets/l", "a\nx\n", type: "text/csv").status == 400)
            #expect(try first.request("PUT", "/datasets/l", "{}").status == 415)
            #expect(try first.request("PUT", "/datasets/-l", table, type: "text/csv").status == 422)
            #expect(first.end() == 0)

            let second = try StrataProcess(in: directory)
            let all = try second.get("/datasets").json["datasets"]?.array ?? []
            #expect(all.map { $0["id"] } == ["n", "t"])
            let described = try second.get("/datasets/n").json
            #expect(described == all.first)
            #expect(
                described["arrays"] == [
                    ["name": "x", "shape": [5, 2], "dtype": "float32"],
                    ["name": "y", "shape": [5, 1], "dtype": "float32"],
                ])
            #expect(try second.request("DELETE", "/datasets/n").status == 204)
            #expect(try second.request("DELETE", "/datasets/n").status == 404)
            #expect(try second.get("/datasets/n").status == 404)
        }
    }

    @Test func aJobIsFollowedToItsEnd() async throws {
        try await onThread {
            let strata = try StrataProcess()
            let id = try strata.begin(#""epochs": 3, "batch_size": 8, "validation_split": 0.2, "checkpoint_every": 6"#)
            let events = try strata.follow(id)
            #expect(events.first?.name == "status" && events.last?.name == "status")
            #expect(events.last?.data["status"] == "succeeded")
            #expect(events.filter { $0.name == "epoch" }.map { $0.data["epoch"] } == [1, 2, 3])
            #expect(events.filter { $0.name == "checkpoint" }.map { $0.data["step"] } == [6, 12])
            // From where the stream was lost.
            let rest = try strata.follow(id, after: events[2].id)
            #expect(rest.map(\.id) == events.dropFirst(3).map(\.id))
            #expect(try strata.follow(id, after: "9-9").count == events.count)

            let job = try strata.get("/jobs/\(id)").json
            #expect(job["status"] == "succeeded" && job["step"] == 12 && job["steps"] == 12 && job["epoch"] == 3)
            #expect(job["metrics"]?.object?.keys == ["mae", "val_loss", "val_mae"])
            #expect(job["finished_at"]?.string != nil && job["error"] == nil)
            #expect(try strata.get("/jobs").json["jobs"] == .array([job]))
            #expect(try strata.get("/jobs?model=other").json["jobs"] == [])
            #expect(try strata.post("/jobs/\(id)/cancel", "").json == job)
            #expect(try strata.get("/jobs/none").status == 404)
            #expect(try strata.request("GET", "/jobs/\(id)/events", headers: ["accept": "text/html"]).status == 406)
        }
    }

    @Test func whileAJobRunsTheContractHolds() async throws {
        try await onThread {
            let strata = try StrataProcess()
            let id = try strata.begin(#""epochs": 1000000, "batch_size": 4"#)
            let batch = #"{"inputs": [[1, 2]], "targets": [[1]]}"#
            #expect(try strata.post("/models/net/checkpoints", #"{"id": "c"}"#).status == 201)
            #expect(try strata.post("/models/net/train", batch).status == 409)
            #expect(try strata.post("/models/net/restore", #"{"checkpoint": "c"}"#).status == 409)
            #expect(try strata.put("/models/net/variables/net/dense_1/bias:0", #"{"value": [1]}"#).status == 409)
            let refusal = try strata.put("/models/net", net)
            #expect(refusal.status == 409 && refusal.json["detail"]?.string?.contains(id) == true)
            #expect(try strata.post("/models/net/call", #"{"inputs": [[1, 2]]}"#).status == 200)
            #expect(try strata.post("/models/net/evaluate", batch).status == 200)
            #expect(try strata.get("/models/net/variables?values=true").status == 200)
            #expect(try strata.post("/jobs/\(id)/cancel", "").json["status"] == "cancelled")
            #expect(try strata.post("/models/net/train", batch).status == 200)
            // Deletion does not wait for the end of a job.
            let next = try strata.post("/models/net/jobs", #"{"data": {"dataset": "t"}, "epochs": 1000000}"#)
            #expect(next.status == 202)
            #expect(try strata.request("DELETE", "/models/net").status == 204)
            #expect(try strata.get("/jobs/\(next.json["id"]?.string ?? "")").json["status"] == "cancelled")
        }
    }

    @Test func dataComeInlineAndInBinaryFormsToo() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", net).status == 201)
            let body = #"{"data": {"inputs": [[1, 2], [3, 4], [5, 6]], "targets": [[1], [2], [3]]}, "batch_size": 2}"#
            let inline = try strata.post("/models/net/jobs", body)
            #expect(inline.status == 202 && inline.json["steps"] == 2)
            let npz = try NPZ.pieces(["inputs": sample([5, 2]), "targets": sample([5, 1])]).flatMap(\.array)
            let binary = try strata.request(
                "POST", "/models/net/jobs?epochs=3&batch_size=5&shuffle=false", bytes: npz, type: "application/x-npz")
            #expect(binary.status == 202 && binary.json["steps"] == 3)
            let events = try strata.follow(binary.json["id"]?.string ?? "")
            #expect(events.last?.data["status"] == "succeeded")
            for (body, message) in [
                (#"{"data": {"dataset": "none"}}"#, "there is no data set 'none'"),
                (#"{"epochs": 2}"#, "the body has no 'data'"),
                (#"{"data": {"inputs": [[1, 2]], "targets": [[1]]}, "epoch": 2}"#, "a job has no 'epoch'"),
                (#"{"data": {"inputs": [[1, 2]], "targets": [[1]]}, "validation_split": 0.5}"#, "validation split"),
                (#"{"data": {"input": [[1, 2]]}}"#, "unknown key 'input'"),
            ] {
                let answer = try strata.post("/models/net/jobs", body)
                #expect((400..<500).contains(answer.status))
                #expect(answer.json["detail"]?.string?.contains(message) == true, "\(answer.text)")
            }
        }
    }

    @Test func aDrainEndsJobsAndTheirStreamsAndSavesTheModel() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let first = try StrataProcess(in: directory)
            let id = try first.begin(#""epochs": 1000000, "batch_size": 4"#)
            let client = try RawClient(.tcp(host: "127.0.0.1", port: first.port))
            try client.send("GET /jobs/\(id)/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            _ = try client.receive(until: "running")
            #expect(first.end() == 0)
            // Each event is a chunk of its own.
            let chunks = try client.receiveAll().split(separator: "\r\n").filter { $0.contains("event:") }
            let events = Event.all(in: chunks.joined())
            #expect(events.allSatisfy { $0.data["model"] == "net" })
            #expect(events.last?.data["status"] == "failed")

            let second = try StrataProcess(in: directory)
            let job = try second.get("/jobs/\(id)").json
            #expect(job["status"] == "failed" && job["error"] == "the server stopped")
            #expect((try second.get("/models/net").json["step"]?.integer ?? 0) > 0)
        }
    }

    @Test func aKillWhileTrainingCallsAndSavesGoOnLosesNothingThatWasSaved() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let first = try StrataProcess(in: directory)
            let id = try first.begin(
                #""epochs": 1000000, "batch_size": 4, "checkpoint_every": 500, "on_restart": "resume""#)
            #expect(
                try first.put("/models/other", net.split(separator: "\"seed\": 1").joined(separator: "\"seed\": 2"))
                    .status == 201)
            let other = try first.post("/models/other/call", #"{"inputs": [[1, 2]]}"#).json["outputs"]
            var acknowledged: [Int] = []
            for number in 0..<15 {
                #expect(try first.post("/models/net/call", #"{"inputs": [[1, 2]]}"#).status == 200)
                let saved = try first.post("/models/net/checkpoints", #"{"id": "s\#(number)"}"#)
                if saved.status == 201, let step = saved.json["step"]?.integer { acknowledged.append(step) }
            }
            #expect(acknowledged.count == 15)
            #expect(first.end(with: 9) == 137)

            let second = try StrataProcess(in: directory)
            #expect(try second.get("/readyz").status == 200)
            let job = try second.get("/jobs/\(id)").json
            #expect(job["status"] == "running" || job["status"] == "queued")
            #expect(try second.post("/jobs/\(id)/cancel", "").json["status"] == "cancelled")
            // It went on from the last that was durable, so no further back than what was acknowledged.
            let step = try #require(try second.get("/models/net").json["step"]?.integer)
            #expect(step >= acknowledged.max() ?? 0)
            let ids = try second.get("/models/net/checkpoints").json["checkpoints"]?.array?.compactMap {
                $0["id"]?.string
            }
            #expect(Set(ids ?? []).isSuperset(of: (0..<15).map { "s\($0)" }))
            #expect(
                try second.post("/models/net/restore", #"{"checkpoint": "s7"}"#).json["step"]?.integer
                    == acknowledged[7])
            #expect(try second.post("/models/other/call", #"{"inputs": [[1, 2]]}"#).json["outputs"] == other)
        }
    }
}
