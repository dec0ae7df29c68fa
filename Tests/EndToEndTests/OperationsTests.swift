import Formats
import Glibc
import HTTPTestSupport
import TestSupport
import Testing

/// What an operator does, against the executable as it was built.
struct OperationsTests {
    /// `a`, as sha256sum has it.
    private static let keys = """
        keys:
          - name: reader
            hash: sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
            scopes: [read]

        """
    private static let admin = """
          - name: boss
            hash: sha256:3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d
            scopes: [admin]

        """

    private static func environment(_ strata: StrataProcess, key: String? = nil) -> String {
        "STRATA_URL=http://127.0.0.1:\(strata.port) " + (key.map { "STRATA_KEY=\($0) " } ?? "")
    }

    @Test func keysDecideAndAreReadAgainAtSIGHUP() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            try directory.write(Array(OperationsTests.keys.utf8), to: "keys.yaml")
            try directory.write(Array("keys-file: keys.yaml\nlog-level: notice\n".utf8), to: "strata.yaml")
            let strata = try StrataProcess(["--config", "strata.yaml", "--demo"], in: directory)
            #expect(try strata.get("/healthz").status == 200)
            let refused = try strata.get("/models")
            #expect(refused.status == 401)
            #expect(refused.json["kind"] == "Unauthenticated")
            #expect(refused.field("www-authenticate") == #"Bearer realm="strata""#)
            #expect(try strata.request("GET", "/models", headers: ["authorization": "Bearer a"]).status == 200)
            let denied = try strata.request("DELETE", "/models/net", headers: ["authorization": "Bearer a"])
            #expect(denied.status == 403)
            #expect(denied.json["kind"] == "PermissionDenied")

            // A file that is wrong changes nothing; one that is right counts from the next request on.
            try directory.write(Array("keys: wrong\n".utf8), to: "keys.yaml")
            strata.send(SIGHUP)
            #expect(try strata.request("GET", "/models", headers: ["authorization": "Bearer a"]).status == 200)
            try directory.write(Array((OperationsTests.keys + OperationsTests.admin).utf8), to: "keys.yaml")
            strata.send(SIGHUP)
            var status = 401
            for _ in 0..<10_000 where status == 401 {
                status = try strata.request("GET", "/version?\(status)", headers: ["x-api-key": "b"]).status
                status = try strata.request("GET", "/models", headers: ["x-api-key": "b"]).status
            }
            #expect(status == 200)
            #expect(strata.end() == 0)
        }
    }

    @Test func theCommandsDoWhatTheirNamesSay() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let program = OperationsTests.environment(strata) + "'\(StrataProcess.executables)/strata'"
            func run(_ arguments: String) -> (status: Int32, output: String) {
                StrataProcess.shell("cd '\(strata.directory.path)' && \(program) \(arguments)")
            }
            #expect(run("health --url http://127.0.0.1:\(strata.port)").status == 0)
            let models = run("models")
            #expect(models.status == 0)
            #expect(models.output.contains("net   TwoLayerNetwork"), "\(models.output)")
            #expect(run("models net").output.contains("inputs                inputs float32[?, 8]"))
            #expect(run("variables net").output.contains("net/dense/kernel:0"))
            #expect(run("variables net net/dense_1/bias:0 --set '[2.5]'").output == "[2.5]\n")
            #expect(run("variables net net/dense_1/bias:0").output == "[2.5]\n")
            let call = run("call net '[[1,1,1,1,1,1,1,1]]'")
            #expect(call.status == 0)
            #expect(call.output.hasPrefix("[["))
            #expect(run("call net '{\"inputs\":[[1,1,1,1,1,1,1,1]]}' --json").output.contains(#""version":2"#))
            #expect(run("checkpoint net --id first").output == "first\n")
            #expect(run("checkpoint net --id second --keep 1").output == "second\n")
            let list = run("checkpoint net --list").output
            #expect(list.contains("second") && !list.contains("first"), "\(list)")
            #expect(run("variables net net/dense_1/bias:0 --set '[7]'").status == 0)
            #expect(run("restore net").output == "net is at step 0, version 4\n")
            #expect(run("variables net net/dense_1/bias:0").output == "[2.5]\n")
            #expect(run("checkpoint net --delete second").status == 0)

            let missing = run("models none")
            #expect(missing.status == 2)
            #expect(missing.output == "Error: the server refused (404): there is no model 'none'\n")
            #expect(run("--url").status == 64)
            #expect(run("models --url http://127.0.0.1:1").status == 1)
            let bench = run(
                "bench /models/net/call --body '{\"inputs\":[[1,1,1,1,1,1,1,1]]}' --connections 2 --seconds 0.2 --warmup 0 --json"
            )
            #expect(bench.status == 0, "\(bench.output)")
            let figures = try JSONValue(parsing: bench.output)
            #expect((figures["requests"]?.integer ?? 0) > 10)
            #expect(figures["errors"] == 0)
            #expect(run("bench /none --seconds 0.1").status == 2)
            #expect(strata.end() == 0)
            #expect(run("health --url http://127.0.0.1:\(strata.port)").status == 1)
        }
    }

    @Test func theMetricsTellWhatHappened() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            for _ in 0..<3 {
                #expect(try strata.post("/models/net/call", #"{"inputs":[[1,1,1,1,1,1,1,1]]}"#).status == 200)
            }
            #expect(try strata.post("/models/net/call", #"{"inputs":[[1]]}"#).status == 422)
            #expect(try strata.post("/models/net/checkpoints", "").status == 201)
            let answer = try strata.get("/metrics")
            #expect(answer.field("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            let text = String(decoding: answer.content, as: UTF8.self)
            for line in [
                #"strata_http_requests_total{method="POST",route="/models/{name}/call",status="200"} 3"#,
                #"strata_http_requests_total{method="POST",route="/models/{name}/call",status="422"} 1"#,
                #"strata_calls_total{model="net"} 3"#, #"strata_call_compute_seconds_count{model="net"} 3"#,
                #"strata_checkpoint_save_seconds_count{model="net"} 1"#, #"strata_model_unsaved{model="net"} 0"#,
                #"strata_model_version{model="net"} 1"#, #"nv_inference_count{model="net",version="1"} 3"#,
                #"nv_inference_request_success{model="net",version="1"} 3"#,
                #"nv_inference_request_failure{model="net",version="1",reason="OTHER"} 1"#,
                "# TYPE process_resident_memory_bytes gauge",
            ] { #expect(text.contains(line + "\n"), "\(line)") }
        }
    }
}
