import Formats
import HTTPServer
import HTTPTestSupport
import TestSupport
import Testing

private let sequential = """
    {"class_name": "Sequential", "config": {"layers": [
      {"class_name": "Dense", "config": {"units": 16, "activation": "relu", "input_shape": [8]}},
      {"class_name": "Dense", "config": {"units": 1}}]}}
    """

/// What a user does, over a socket, against the executable as it was built.
struct ServingTests {
    @Test func theDocumentedNetworkAnswersAndHasTheDocumentedVariables() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let answer = try strata.post("/models/net/call", #"{"inputs":[[1,1,1,1,1,1,1,1]]}"#)
            #expect(answer.status == 200)
            #expect(answer.field("strata-version") == "1")
            #expect(answer.json["outputs"]?.array?.first?.array?.count == 1)
            let names = try strata.get("/models/net/variables").json["variables"]?.array?.map { $0["name"]?.string }
            #expect(names == ["net/dense/kernel:0", "net/dense/bias:0", "net/dense_1/kernel:0", "net/dense_1/bias:0"])
            #expect(strata.end() == 0)
        }
    }

    @Test func aCheckpointThatTensorFlowWroteIsRestoredAndAnswersAsTensorFlowDid() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", sequential).status == 201)
            let folder = strata.directory.path + "/data/models/net/checkpoints"
            let copied = StrataProcess.shell(
                "cp '\(Goldens.directory)'/tf_checkpoints/net_adam/model.ckpt-25.* '\(folder)/'")
            #expect(copied.status == 0, "\(copied.output)")
            #expect(try strata.post("/models/net/restore", #"{"checkpoint": "model.ckpt-25"}"#).status == 200)

            let manifest = try JSONValue(parsing: Goldens.bytes("tf_checkpoints/net_adam/manifest.json"))
            let forward = try #require(manifest["forward"])
            let answer = try strata.post("/models/net/call", #"{"inputs": \#(forward["input"] ?? .null)}"#)
            #expect(answer.json["step"] == 25)
            let outputs = try #require(answer.json["outputs"]?.array)
            let expected = try #require(forward["output"]?.array)
            #expect(outputs.count == expected.count)
            for (output, value) in zip(outputs, expected) {
                let difference = try #require(output.array?.first?.double) - #require(value.array?.first?.double)
                // TensorFlow adds the products up in another order: a few units in the last place of a float near one.
                #expect(abs(difference) < 1e-6)
            }
        }
    }

    @Test func aRestartBringsModelsAndTheirLatestCheckpointsBack() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let bias = "/models/net/variables/net/dense_1/bias:0"
            let first = try StrataProcess(in: directory)
            #expect(try first.put("/models/net", sequential).status == 201)
            #expect(try first.put("/models/other", #"{"class_name": "TwoLayerNetwork", "seed": 5}"#).status == 201)
            let untouched = try first.get("/models/other/variables?values=true").content
            #expect(try first.put(bias, #"{"value": [4.5]}"#).status == 200)
            #expect(try first.post("/models/net/checkpoints", "").status == 201)
            // Not saved by hand; the drain does it.
            #expect(try first.put(bias, #"{"value": [5.5]}"#).status == 200)
            #expect(first.end() == 0)

            let second = try StrataProcess(in: directory)
            #expect(try second.get(bias).json["value"] == [5.5])
            #expect(try second.get("/models/other/variables?values=true").content == untouched)
            let ids = try second.get("/models/net/checkpoints").json["checkpoints"]?.array?.map { $0["id"]?.string }
            #expect(ids == ["net-0", "net-0.1"])
            // After an end without a drain, what was durable is there.
            #expect(try second.put(bias, #"{"value": [6.5]}"#).status == 200)
            #expect(second.end(with: 9) == 137)

            let third = try StrataProcess(in: directory)
            #expect(try third.get(bias).json["value"] == [5.5])
        }
    }

    @Test func aReplacedModelStartsFreshAndItsPredecessorsCheckpointsStay() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let strata = try StrataProcess(in: directory)
            let bias = "/models/net/variables/net/dense_1/bias:0"
            #expect(try strata.put("/models/net", sequential).status == 201)
            #expect(try strata.put(bias, #"{"value": [4.5]}"#).status == 200)
            #expect(try strata.post("/models/net/checkpoints", #"{"id": "old"}"#).status == 201)
            #expect(try strata.put("/models/net", sequential).status == 200)
            #expect(try strata.get(bias).json["value"] == [0.0])
            #expect(try strata.post("/models/net/restore", #"{"checkpoint": "latest"}"#).status == 404)
            #expect(try strata.post("/models/net/restore", #"{"checkpoint": "old"}"#).status == 200)
            #expect(try strata.get(bias).json["value"] == [4.5])
            #expect(try strata.request("DELETE", "/models/net").status == 204)
            #expect(StrataProcess.shell("ls '\(directory.path)'/data/models/net/checkpoints/old.index").status == 0)
        }
    }

    @Test func eachMistakeGetsItsOwnClearAnswerAndTheServerGoesOn() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo", "--max-body-bytes", "10000"])
            func problem(_ answer: RawAnswer) -> String {
                #expect(answer.field("content-type") == "application/problem+json")
                #expect(answer.json["status"]?.integer == answer.status)
                return "\(answer.status) \(answer.json["kind"]?.string ?? "") \(answer.json["detail"]?.string ?? "")"
            }
            let call = "/models/net/call"
            #expect(
                problem(try strata.post(call, #"{"inputs": [[1, 1"#)).hasPrefix(
                    "400 InvalidRequest inputs[0][1]: expected"))
            #expect(
                problem(try strata.post(call, #"{"inputs": [[1, 1, 1]]}"#))
                    == "422 ValueError inputs has shape [1, 3] but layer 'dense' expects [?, 8]")
            #expect(
                problem(try strata.post(call, #"{"inputs": [[1, 2], [3]]}"#)).hasPrefix(
                    "422 ValueError inputs[1]: ragged"))
            #expect(problem(try strata.post(call, #"{"inputs": [["a"]]}"#)).hasPrefix("422"))
            #expect(problem(try strata.post(call, #"{"input": [[1]]}"#)).contains("unknown key 'input'"))
            #expect(problem(try strata.post(call, "{}")) == "422 ValueError the body has no 'inputs'")
            #expect(problem(try strata.post("/models/nat/call", "{}")) == "404 NotFoundError there is no model 'nat'")
            #expect(problem(try strata.get("/nothing")).hasPrefix("404 NotFoundError"))
            let wrongMethod = try strata.request("DELETE", call)
            #expect(problem(wrongMethod).hasPrefix("405 Unsupported"))
            #expect(wrongMethod.field("allow")?.contains("POST") == true)
            #expect(
                problem(try strata.post(call, String(repeating: " ", count: 10_001))).hasPrefix("413 ResourceExhausted")
            )
            #expect(problem(try strata.request("POST", call, "1,2", type: "text/csv")).hasPrefix("415 Unsupported"))
            #expect(
                problem(try strata.put("/models/net/variables/net/dense/bias:0", #"{"value": [1]}"#)).hasPrefix("422"))
            #expect(problem(try strata.get("/models/net/variables/net/dense/gamma:0")).hasPrefix("404"))
            #expect(
                problem(try strata.put("/models/a%2Fb", sequential)).hasPrefix(
                    "422 ValueError 'a/b' cannot name a model"))
            #expect(
                problem(try strata.put("/models/-a", sequential)).hasPrefix("422 ValueError '-a' cannot name a model"))
            #expect(
                problem(try strata.put("/models/a", #"{"class_name": "Dance"}"#)).contains(
                    "there is no model class 'Dance'"))
            #expect(
                problem(try strata.put("/models/a", sequential.split(separator: "units").joined(separator: "unit")))
                    .contains("Dense needs config.layers[0].config.units"))
            #expect(problem(try strata.post("/models/net/restore", #"{"checkpoint": "latest"}"#)).hasPrefix("404"))
            #expect(problem(try strata.post("/models/net/checkpoints", #"{"id": "checkpoint"}"#)).hasPrefix("422"))
            #expect(try strata.get("/models").json["models"]?.array?.count == 1)
            #expect(try strata.post(call, #"{"inputs":[[1,1,1,1,1,1,1,1]]}"#).status == 200)
            #expect(strata.end() == 0)
        }
    }

    @Test func anIllFittingCheckpointChangesNothing() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/small", sequential).status == 201)
            #expect(try strata.post("/models/small/checkpoints", #"{"id": "c"}"#).status == 201)
            let other = sequential.split(separator: "16").joined(separator: "17")
            #expect(try strata.put("/models/small", other).status == 200)
            let before = try strata.get("/models/small/variables?values=true").content
            let answer = try strata.post("/models/small/restore", #"{"checkpoint": "c"}"#)
            #expect(answer.status == 409)
            #expect(answer.json["detail"]?.string?.contains("small/dense/kernel:0") == true)
            #expect(try strata.get("/models/small/variables?values=true").content == before)
        }
    }

    @Test func emptyAndScalarAndFlatTensorsAreTaken() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let call = "/models/net/call"
            #expect(try strata.post(call, #"{"inputs": []}"#).json["outputs"] == [])
            let nested = try strata.post(call, #"{"inputs": [[1, 2, 3, 4, 5, 6, 7, 8]]}"#).json["outputs"]
            let flat = #"{"inputs": {"dtype": "float32", "shape": [1, 8], "data": [1, 2, 3, 4, 5, 6, 7, 8]}}"#
            #expect(try strata.post(call, flat).json["outputs"] == nested)
            let bytes = "AACAPwAAAEAAAEBAAACAQAAAoEAAAMBAAADgQAAAAEE="
            #expect(
                try strata.post(call, #"{"inputs": {"shape": [1, 8], "base64": "\#(bytes)"}}"#).json["outputs"]
                    == nested)
            #expect(
                try strata.post(call, #"{"inputs": {"inputs": [[1, 2, 3, 4, 5, 6, 7, 8]]}}"#).json["outputs"] == nested)
            #expect(try strata.request("POST", call, flat, type: "application/x-www-form-urlencoded").status == 200)
            #expect(
                try strata.request(
                    "POST", call, flat, type: "application/x-www-form-urlencoded",
                    headers: ["origin": "http://evil.example"]
                ).status == 415)
            #expect(try strata.request("POST", call, flat, type: nil).status == 200)
        }
    }

    @Test func aDataDirectoryServesOneProcessAtATime() async throws {
        try await onThread {
            let strata = try StrataProcess()
            let second = try StrataProcess.run(["serve", "--port", "0", "--data-dir", strata.directory.path + "/data"])
            #expect(second.status == 1)
            #expect(second.output.contains("is in use by process"))
        }
    }

    @Test(arguments: ["epoll", "dispatch"])
    func bothEventLoopsServeAndDrain(loop: String) async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo", "--event-loop", loop])
            let client = try RawClient(.tcp(host: "127.0.0.1", port: strata.port))
            for _ in 0..<3 {
                try client.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
                #expect(try client.receiveAnswer().status == 200)
            }
            #expect(try StrataProcess.run(["health", "--port", "\(strata.port)"]).status == 0)
            #expect(strata.end() == 0)
            #expect(try StrataProcess.run(["health", "--port", "\(strata.port)"]).status == 1)
        }
    }

    @Test func everySettingIsCheckedAndNamed() async throws {
        try await onThread {
            for arguments in [
                ["--port", "70000"], ["--log-level", "loud"], ["--event-loop", "kqueue"], ["--idle-timeout", "0"],
            ] {
                let run = try StrataProcess.run(["serve", "--data-dir", "/tmp/strata-never"] + arguments)
                #expect(run.status == 1, "\(arguments)")
                #expect(run.output.contains(arguments[0].dropFirst(2)), "\(run.output)")
            }
        }
    }
}
