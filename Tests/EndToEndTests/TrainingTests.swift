import Formats
import HTTPTestSupport
import TensorCore
import TestSupport
import Testing

/// One input of two features, one output; every weight begins as one.
private func linear(_ training: String, optimizer: String = "SGD", rate: String = "0.5") -> String {
    """
    {"class_name": "Sequential", "config": {"layers": [
      {"class_name": "Dense", "config": {"units": 1, "input_shape": [2], "kernel_initializer": "ones"}}]},
     "training": {"optimizer": {"class_name": "\(optimizer)", "config": {"learning_rate": \(rate)}}, \(training)}}
    """
}

private let mse = #""loss": "mean_squared_error", "metrics": ["mean_absolute_error"]"#

/// Two inputs and two outputs, all by name.
private let pair = """
    {"class_name": "Functional", "config": {"name": "pair", "layers": [
      {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 2], "name": "a"}, "inbound_nodes": []},
      {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 3], "name": "b"}, "inbound_nodes": []},
      {"class_name": "Dense", "name": "p", "config": {"name": "p", "units": 1, "kernel_initializer": "ones"},
       "inbound_nodes": [[["a", 0, 0, {}]]]},
      {"class_name": "Dense", "name": "q", "config": {"name": "q", "units": 2, "kernel_initializer": "ones"},
       "inbound_nodes": [[["b", 0, 0, {}]]]}],
     "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["p", 0, 0], ["q", 0, 0]]},
     "training": {"optimizer": "sgd", "loss": {"p": "mse", "q": "mae"}, "loss_weights": {"p": 2},
      "metrics": {"q": ["mse"]}}}
    """

/// Training, evaluation and gradients over a socket.
struct TrainingTests {
    @Test func aStepAnswersWhatItFoundAndChangesTheModel() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", linear(mse)).status == 201)
            let training = try strata.get("/models/net").json["training"]
            #expect(training?["loss"] == "mean_squared_error")
            let answer = try strata.post("/models/net/train", #"{"inputs": [[1, 2]], "targets": [[1]]}"#)
            #expect(answer.status == 200)
            #expect(
                answer.json == ["step": 1, "version": 2, "loss": 4.0, "metrics": ["mean_absolute_error": 2.0]])
            #expect(answer.field("strata-step") == "1" && answer.field("strata-version") == "2")
            #expect(try strata.get("/models/net/variables/net/dense/kernel:0").json["value"] == [[-1.0], [-3.0]])
            #expect(try strata.get("/models/net").json["step"] == 1)
        }
    }

    @Test func evaluationAndGradientsChangeNothing() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", linear(mse)).status == 201)
            let batch = #""inputs": [[1, 2]], "targets": [[1]]"#
            #expect(try strata.post("/models/net/evaluate", "{\(batch)}").json["loss"] == 4.0)
            let weighted = try strata.post("/models/net/evaluate", "{\(batch), \"sample_weight\": [0.25]}")
            #expect(weighted.json["loss"] == 1.0)
            let all = try strata.post("/models/net/gradients", "{\(batch), \"wrt\": {\"inputs\": true}}").json
            #expect(all["variables"] == ["net/dense/kernel:0": [[4.0], [8.0]], "net/dense/bias:0": [4.0]])
            #expect(all["inputs"] == [[4.0, 4.0]] && all["loss"] == 4.0 && all["version"] == 1)
            let one = #"{\#(batch), "wrt": {"variables": ["net/dense/bias:0"]}}"#
            #expect(try strata.post("/models/net/gradients", one).json["variables"] == ["net/dense/bias:0": [4.0]])
            let lighter = #"{\#(batch), "sample_weight": [0.25], "wrt": {"variables": ["net/dense/bias:0"]}}"#
            #expect(try strata.post("/models/net/gradients", lighter).json["variables"] == ["net/dense/bias:0": [1.0]])
            let none = #"{\#(batch), "wrt": {"variables": false, "inputs": true}}"#
            #expect(try strata.post("/models/net/gradients", none).json["variables"] == [:])
            #expect(try strata.get("/models/net").json["version"] == 1)
        }
    }

    @Test func severalInputsAndOutputsGoByName() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/pair", pair).status == 201)
            let body = """
                {"inputs": {"a": [[1, 1]], "b": [[1, 1, 1]]}, "targets": {"p": [[1]], "q": [[2, 2]]}}
                """
            let answer = try strata.post("/models/pair/train", body).json
            // p: (2 − 1)² twice over, q: |3 − 2|.
            #expect(answer["loss"] == 3.0)
            #expect(answer["metrics"] == ["p_loss": 1.0, "q_loss": 1.0, "q_mse": 1.0])
            let list =
                #"{"inputs": [[[1, 1]], [[1, 1, 1]]], "targets": [[[1]], [[2, 2]]], "sample_weight": [[0], [1]]}"#
            #expect(try strata.post("/models/pair/evaluate", list).status == 200)
            let byName =
                #"{"inputs": {"a": [[1, 1]], "b": [[1, 1, 1]]}, "targets": [[[1]], [[2, 2]]], "wrt": {"inputs": true}}"#
            let gradients = try strata.post("/models/pair/gradients", byName).json["inputs"]
            #expect(gradients?["a"]?.array?.count == 1 && gradients?["b"]?.array?.first?.array?.count == 3)
        }
    }

    @Test(arguments: ["application/x-npz", "application/vnd.safetensors"])
    func binaryFormsCarryTheSame(type: String) async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", linear(mse)).status == 201)
            let tensors: NamedTensors = [
                "inputs": Tensor([1, 2], [1, 2]), "targets": Tensor([1, 1], [1]), "sample_weight": Tensor([1], [0.25]),
            ]
            func bytes(_ tensors: NamedTensors) throws -> [UInt8] {
                let pieces = type.hasSuffix("npz") ? try NPZ.pieces(tensors) : try SafetensorsPlan.pieces(tensors)
                return pieces.flatMap(\.array)
            }
            let path = "/models/net/"
            #expect(
                try strata.request("POST", path + "evaluate", bytes: bytes(tensors), type: type).json["loss"] == 1.0)
            let pair: NamedTensors = ["inputs": Tensor([1, 2], [1, 2]), "targets.outputs": Tensor([1, 1], [1])]
            let gradients = try strata.request(
                "POST", path + "gradients?inputs=true", bytes: bytes(pair), type: type)
            #expect(gradients.status == 200 && gradients.field("content-type") == type)
            #expect(gradients.field("strata-version") == "1")
            let region = ByteRegion(copying: gradients.content)
            let found = type.hasSuffix("npz") ? try NPZ.read(region) : try SafetensorsReader(region).tensors()
            #expect(found["inputs"]?.values == [4, 4] && found["variables.net/dense/bias:0"]?.values == [4])
            let lighter = try strata.request(
                "POST", path + "gradients", bytes: bytes(tensors), type: type, headers: ["accept": "application/json"])
            #expect(lighter.json["variables"]?["net/dense/bias:0"] == [1.0])
            #expect(try strata.request("POST", path + "train", bytes: bytes(tensors), type: type).status == 200)
            let odd: NamedTensors = ["inputs": Tensor([1, 2], [1, 2]), "target": Tensor([1, 1], [1])]
            let refusal = try strata.request("POST", path + "train", bytes: bytes(odd), type: type)
            #expect(refusal.status == 422 && refusal.json["detail"]?.string?.contains("'target'") == true)
        }
    }

    @Test func aRequestWithAKeyIsAppliedOnceAcrossARestartToo() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let first = try StrataProcess(in: directory)
            #expect(try first.put("/models/net", linear(mse)).status == 201)
            func train(_ strata: StrataProcess, _ body: String, key: String = "k1") throws -> RawAnswer {
                try strata.request("POST", "/models/net/train", body, headers: ["idempotency-key": key])
            }
            let body = #"{"inputs": [[1, 2]], "targets": [[1]]}"#
            let answer = try train(first, body)
            #expect(answer.status == 200 && answer.field("idempotency-replayed") == nil)
            let again = try train(first, body)
            #expect(again.content == answer.content && again.field("idempotency-replayed") == "true")
            #expect(try train(first, body + " ").status == 422)
            #expect(try train(first, body, key: "k2").json["step"] == 2)
            #expect(try train(first, body, key: String(repeating: "k", count: 256)).status == 400)
            #expect(first.end() == 0)
            let second = try StrataProcess(in: directory)
            #expect(try train(second, body).content == answer.content)
            #expect(try second.get("/models/net").json["step"] == 2)
        }
    }

    @Test func eachMistakeGetsItsOwnClearAnswer() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            #expect(try strata.put("/models/lin", linear(mse)).status == 201)
            func problem(_ answer: RawAnswer) -> String {
                "\(answer.status) \(answer.json["kind"]?.string ?? "") \(answer.json["detail"]?.string ?? "")"
            }
            let train = "/models/lin/train"
            let good = #"{"inputs": [[1, 2]], "targets": [[1]]}"#
            #expect(
                problem(try strata.post("/models/net/train", #"{"inputs": [[1,1,1,1,1,1,1,1]], "targets": [[1]]}"#))
                    .hasPrefix("409 RuntimeError model 'net' has no training settings"))
            #expect(
                problem(try strata.post(train, #"{"inputs": [[1, 2]]}"#)) == "422 ValueError the body has no 'targets'")
            #expect(
                problem(try strata.post(train, #"{"inputs": [[1, 2]], "targets": [[1]], "wrt": {}}"#))
                    .contains("unknown key 'wrt'"))
            #expect(problem(try strata.post(train, #"{"inputs": [[1, 2, 3]], "targets": [[1]]}"#)).contains("[1, 3]"))
            #expect(problem(try strata.post(train, #"{"inputs": [], "targets": []}"#)).hasPrefix("422"))
            #expect(
                problem(try strata.post(train, #"{"inputs": [[1, "NaN"]], "targets": [[1]]}"#))
                    .contains("not finite, so it was not taken"))
            #expect(try strata.post(train, #"{"inputs": [[1, 2]], "targets": [[1]"#).status == 400)
            #expect(
                problem(
                    try strata.post(
                        "/models/lin/gradients", #"{"inputs": [[1, 2]], "targets": [[1]], "wrt": {"variables": ["x"]}}"#
                    )
                )
                .hasPrefix("404 NotFoundError model 'lin' has no variable 'x'"))
            #expect(try strata.get("/models/lin").json["version"] == 1)
            #expect(try strata.post(train, good).status == 200)
            let bad = linear(#""loss": "mean_squared_eror""#)
            #expect(problem(try strata.put("/models/x", bad)).contains("training.loss: there is no loss"))
            #expect(
                problem(try strata.put("/models/x", linear(#""loss": ["mse", "mae"]"#)))
                    .contains("training.loss has 2 entries, but the model has 1 outputs"))
            #expect(try strata.get("/models/x").status == 404)
        }
    }

    @Test func optimizersComeBackWithTheirModels() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let body = #"{"inputs": [[1, 2], [3, 1]], "targets": [[1], [0]]}"#
            let first = try StrataProcess(in: directory)
            let adam = linear(mse, optimizer: "AdamOptimizer", rate: "0.1")
            #expect(try first.put("/models/net", adam).status == 201)
            for _ in 0..<3 { #expect(try first.post("/models/net/train", body).status == 200) }
            #expect(try first.post("/models/net/checkpoints", #"{"id": "c"}"#).status == 201)
            let fourth = try first.post("/models/net/train", body).content
            #expect(first.end(with: 9) == 137)
            let names = StrataProcess.shell("strings '\(directory.path)'/data/models/net/checkpoints/c.index").output
            #expect(names.contains("beta1_power") && names.contains("Adam_1"))

            let second = try StrataProcess(in: directory)
            #expect(try second.get("/models/net").json["step"] == 3)
            let answer = try second.post("/models/net/train", body)
            #expect(answer.json["loss"] == (try JSONValue(parsing: fourth))["loss"])
            #expect(answer.json["step"] == 4)
            let fifth = try second.post("/models/net/evaluate", body).json["loss"]
            #expect(second.end() == 0)

            // The drain saved the fourth step.
            let third = try StrataProcess(in: directory)
            #expect(try third.get("/models/net").json["step"] == 4)
            #expect(try third.post("/models/net/evaluate", body).json["loss"] == fifth)
        }
    }
}
