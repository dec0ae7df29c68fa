import Formats
import HTTPTestSupport
import TestSupport
import Testing

private let net = #"{"class_name": "TwoLayerNetwork", "seed": 3}"#

/// Models as resources: listed, named, copied, looked into.
struct ModelResourceTests {
    @Test func aModelWithoutANameIsNamedAsAnAnonymousNetwork() async throws {
        try await onThread {
            let strata = try StrataProcess()
            let first = try strata.post("/models", net)
            #expect(first.status == 201)
            #expect(first.field("location") == "/models/two_layer_network")
            #expect(try strata.post("/models", net).json["name"] == "two_layer_network_1")
            #expect(
                try strata.post("/models", #"{"name": "mine", "class_name": "TwoLayerNetwork"}"#).json["name"] == "mine"
            )
            #expect(try strata.post("/models", #"{"name": "mine", "class_name": "TwoLayerNetwork"}"#).status == 409)
        }
    }

    @Test func aListComesInPages() async throws {
        try await onThread {
            let strata = try StrataProcess()
            for name in ["c", "a", "b"] { #expect(try strata.put("/models/\(name)", net).status == 201) }
            let first = try strata.get("/models?limit=2").json
            #expect(first["models"]?.array?.map { $0["name"] } == ["a", "b"])
            #expect(first["has_more"] == true)
            let second = try strata.get("/models?limit=2&after=b").json
            #expect(second["models"]?.array?.map { $0["name"] } == ["c"])
            #expect(second["has_more"] == false)
            for limit in ["0", "1001", "x", "-1"] { #expect(try strata.get("/models?limit=\(limit)").status == 400) }
        }
    }

    @Test func settingsChangeWhileItServesAndKeepTheirTag() async throws {
        try await onThread {
            let strata = try StrataProcess()
            #expect(try strata.put("/models/net", net).status == 201)
            let tag = try #require(try strata.get("/models/net").field("etag"))
            let changed = try strata.request(
                "PATCH", "/models/net", #"{"batching": {"exact": true}}"#, headers: ["if-match": tag])
            #expect(changed.status == 200)
            #expect(changed.json["batching"]?["exact"] == true)
            #expect(changed.json["batching"]?["max_batch_size"] == 64)
            let late = try strata.request(
                "PATCH", "/models/net", #"{"batching": {"exact": false}}"#, headers: ["if-match": tag])
            #expect(late.status == 412)
            #expect(try strata.get("/models/net").json["batching"]?["exact"] == true)
            let wrong = try strata.request("PATCH", "/models/net", #"{"batching": {"exat": true}}"#)
            #expect(wrong.status == 422)
            #expect(wrong.json["detail"]?.string?.contains("'exat'") == true)
            #expect(try strata.request("PATCH", "/models/nat", "{}").status == 404)
            let empty = try strata.request("PATCH", "/models/net", "")
            #expect(empty.status == 400)
            #expect(empty.json["detail"] == "the body is empty, but it must be an object of the settings to change")
        }
    }

    @Test func aCopyHasTheValuesAndGoesItsOwnWay() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let first = try StrataProcess(in: directory)
            #expect(try first.put("/models/a", net).status == 201)
            #expect(
                try first.put(
                    "/models/a/variables/a/dense/bias:0",
                    "{\"value\": [\(Array(repeating: "2", count: 16).joined(separator: ","))]}"
                ).status == 200)
            #expect(try first.post("/models/a/copy", #"{"name": "b"}"#).status == 201)
            #expect(try first.post("/models/a/copy", #"{"name": "b"}"#).status == 409)
            #expect(first.end(with: 9) == 137)
            let second = try StrataProcess(in: directory)
            let variables = try second.get("/models/b/variables?values=true").json["variables"]?.array
            #expect(
                variables?.map { $0["name"]?.string } == [
                    "b/dense/kernel:0", "b/dense/bias:0", "b/dense_1/kernel:0", "b/dense_1/bias:0",
                ])
            #expect(variables?[1]["value"] == .array(Array(repeating: 2.0, count: 16)))
        }
    }

    @Test func layersAreFoundByNameAndByIndex() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            #expect(try strata.get("/models/net/layers/dense_1").json["index"] == 1)
            #expect(try strata.get("/models/net/layers/0").json["name"] == "dense")
            for missing in ["dense_2", "2", "-1", "dense/kernel", ""] {
                #expect(try strata.get("/models/net/layers/\(missing)").status == 404, "\(missing)")
            }
        }
    }

    @Test func lossesAreEvaluatedNow() async throws {
        try await onThread {
            let strata = try StrataProcess()
            let spec = """
                {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 1,
                "input_shape": [2], "kernel_initializer": "ones", "kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.5}}}}]}}
                """
            #expect(try strata.put("/models/net", spec).status == 201)
            #expect(try strata.get("/models/net/losses").json["losses"] == [1.0])
            #expect(try strata.put("/models/net/variables/net/dense/kernel:0", #"{"value": [[2], [2]]}"#).status == 200)
            let losses = try strata.get("/models/net/losses").json
            #expect(losses["losses"] == [4.0] && losses["version"] == 2)
        }
    }

    @Test func conditionsGuardReadingAndWriting() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let path = "/models/net/variables/net/dense_1/bias:0"
            let tag = try #require(try strata.get(path).field("etag"))
            #expect(try strata.request("GET", path, headers: ["if-none-match": tag]).status == 304)
            #expect(try strata.request("PUT", path, #"{"value": [1]}"#, headers: ["if-match": tag]).status == 200)
            #expect(try strata.request("PUT", path, #"{"value": [2]}"#, headers: ["if-match": tag]).status == 412)
            #expect(try strata.request("GET", path, headers: ["if-none-match": tag]).status == 200)
            #expect(try strata.request("PUT", "/models/net", net, headers: ["if-none-match": "*"]).status == 412)
            #expect(try strata.request("PUT", "/models/new", net, headers: ["if-none-match": "*"]).status == 201)
            #expect(try strata.request("DELETE", "/models/net", headers: ["if-match": tag]).status == 412)
            // RFC 9110 §13.2.1: what would be refused anyway is refused for that.
            #expect(try strata.request("DELETE", "/models/nat", headers: ["if-match": tag]).status == 404)
            for malformed in ["", "tag", "\"tag", "*, \"a\""] {
                let answer = try strata.request("DELETE", "/models/net", headers: ["if-match": malformed])
                #expect(answer.status == 400)
                #expect(answer.json["detail"]?.string?.hasPrefix("if-match is '\(malformed)', but") == true)
            }
        }
    }

    @Test func headAndOptionsAreAnsweredEverywhere() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let head = try strata.request("HEAD", "/models/net")
            #expect(head.status == 200 && head.field("content-length") != "0")
            let options = try strata.request("OPTIONS", "/models/net/call")
            #expect(options.status == 204 && options.field("allow")?.contains("POST") == true)
        }
    }
}
