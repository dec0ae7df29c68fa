import Formats
import Glibc
import HTTP
import HTTPServer
import HTTPTestSupport
import Locking
import Logging
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
            let program = OperationsTests.environment(strata) + "'\(StrataProcess.executable)'"
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
                "# TYPE process_resident_memory_bytes gauge", "# TYPE nv_cpu_memory_used_bytes gauge",
                "strata_compute_waiting 0",
                "# TYPE strata_compute_busy gauge",
            ] { #expect(text.contains(line + "\n"), "\(line)") }
            for name in ["request", "compute_input", "compute_infer", "compute_output"] {
                let series = "nv_inference_\(name)_duration_us{model=\"net\",version=\"1\"} "
                #expect(text.contains(series) && !text.contains(series + "0\n"), "\(name)")
            }
            // y = 0 · x + 0 is 1 away from its target: the gradient of (y − 1)² is −2 for each of three ones and the bias.
            let line =
                #"{"class_name": "Dense", "config": {"units": 1, "input_shape": [3], "kernel_initializer": "zeros"}}"#
            let training = #"{"optimizer": "SGD", "loss": "mse"}"#
            let spec = #"{"class_name": "Sequential", "config": {"layers": [\#(line)]}, "training": \#(training)}"#
            #expect(try strata.put("/models/line", spec).status == 201)
            #expect(try strata.post("/models/line/train", #"{"inputs": [[1, 1, 1]], "targets": [[1]]}"#).status == 200)
            let trained = String(decoding: try strata.get("/metrics").content, as: UTF8.self)
            #expect(trained.contains(#"strata_train_gradient_norm{model="line"} 4"# + "\n"))
        }
    }

    @Test func aClientCertificateIsACaller() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let made = StrataProcess.shell(
                """
                set -e; cd '\(directory.path)'
                key() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $1.key "${@:2}" 2>/dev/null; }
                key ca -x509 -days 1 -subj /CN=authority -out ca.pem
                sign() { openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -out $1.pem "${@:2}" 2>/dev/null; }
                key server -subj /CN=server | sign server -extfile <(echo subjectAltName=IP:127.0.0.1,DNS:localhost)
                key trainer -subj /O=Example/CN=trainer | sign trainer
                key other -subj /CN=other | sign other
                printf 'keys:\\n  - name: trainer\\n    certificate: CN=trainer,O=Example\\n    scopes: [read]\\n' > keys.yaml
                """)
            #expect(made.status == 0, "\(made.output)")
            let strata = try StrataProcess(
                [
                    "--demo", "--tls-cert", "server.pem", "--tls-key", "server.key", "--tls-client-ca", "ca.pem",
                    "--keys-file", "keys.yaml",
                ], in: directory)
            func models(_ options: String, host: String = "127.0.0.1") -> (status: Int32, output: String) {
                StrataProcess.shell(
                    "cd '\(directory.path)' && '\(StrataProcess.executable)' models --url https://\(host):\(strata.port) \(options)"
                )
            }
            let known = models("--ca ca.pem --cert trainer.pem --cert-key trainer.key")
            #expect(known.status == 0, "\(known.output)")
            #expect(known.output.contains("TwoLayerNetwork"))
            #expect(models("--ca ca.pem --cert trainer.pem --cert-key trainer.key", host: "localhost").status == 0)
            #expect(models("--ca ca.pem --cert other.pem --cert-key other.key").output.contains("401"))
            #expect(models("--ca ca.pem").output.contains("401"))
            // A server that cannot show who it is gets no key.
            let untrusted = models("--key secret")
            #expect(untrusted.status == 1)
            #expect(untrusted.output.contains("cannot be spoken to under TLS"), "\(untrusted.output)")
            let health = StrataProcess.shell(
                "cd '\(directory.path)' && STRATA_TLS_CERT=server.pem STRATA_TLS_KEY=server.key '\(StrataProcess.executable)' health --port \(strata.port)"
            )
            #expect(health.output == "ok\n")
        }
    }

    @Test func tracesReachACollector() async throws {
        let bodies = Lock<[JSONValue]>([])
        var configuration = HTTPServerConfiguration()
        configuration.listeners = [.tcp(host: "127.0.0.1", port: 0)]
        let collect = Route(.post, "/v1/traces") { request in
            bodies.withLock { $0.append((try? JSONValue(parsing: request.body.bytes)) ?? .null) }
            return HTTPResponse(.ok)
        }
        let collector = HTTPServer(
            configuration: configuration, responder: RouterResponder(Router([collect])),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let addresses = try collector.start()
        guard case .tcp(_, let port)? = addresses.first else { return }
        try await onThread {
            let strata = try StrataProcess([
                "--demo", "--otlp-endpoint", "http://127.0.0.1:\(port)", "--trace-ratio", "0",
            ])
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            #expect(
                try strata.request("GET", "/models/net", headers: ["traceparent": "00-\(trace)-00f067aa0ba902b7-01"])
                    .status
                    == 200)
            #expect(try strata.get("/models").status == 200)
            #expect(strata.end() == 0)
            let body = try #require(bodies.withLock { $0.first })
            let spans = body["resourceSpans"]?.array?.first?["scopeSpans"]?.array?.first?["spans"]?.array
            #expect(spans?.count == 1)
            #expect(spans?.first?["traceId"]?.string == trace)
            #expect(spans?.first?["parentSpanId"] == "00f067aa0ba902b7")
            #expect(spans?.first?["name"] == "GET /models/{name}")
        }
        await collector.drain(deadline: .seconds(5))
    }

    @Test func theLogTellsRequestsAndChanges() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let run = StrataProcess.shell(
                """
                cd '\(directory.path)'
                '\(StrataProcess.executable)' serve --demo --listen unix:socket --access-log --log-format json 2> log > out &
                server=$!
                until [ -s out ]; do :; done
                curl -s --unix-socket socket -H 'x-request-id: mine' http://localhost/models/net -o /dev/null
                curl -s --unix-socket socket -X DELETE http://localhost/models/net -o /dev/null
                kill -TERM $server
                wait $server
                cat log
                """)
            let lines = run.output.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
            let requests = lines.filter { $0["logger"] == "strata.access" }
            #expect(requests.map { $0["target"] } == ["/models/net", "/models/net"], "\(run.output)")
            #expect(requests.first?["request"] == "mine")
            #expect(requests.first?["status"] == 200)
            let changes = lines.filter { $0["logger"] == "strata.audit" }
            #expect(changes.count == 1)
            #expect(changes.first?["method"] == "DELETE")
            #expect(changes.first?["status"] == "204")
        }
    }

    @Test func settingsAndTheMachineAreLookedAtWithoutServing() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            try directory.write(Array("port: 8000\nloops: 2\n".utf8), to: "strata.yaml")
            let checked = try StrataProcess.run(
                ["config", "check", "--config", "strata.yaml", "--loops", "3"], in: directory.path)
            #expect(checked.status == 0)
            #expect(checked.output.contains("port: 8000  # strata.yaml:1\n"), "\(checked.output)")
            #expect(checked.output.contains("loops: 3  # --loops\n"))
            try directory.write(Array("prot: 8000\n".utf8), to: "strata.yaml")
            let wrong = try StrataProcess.run(["config", "check", "--config", "strata.yaml"], in: directory.path)
            #expect(wrong.status == 1)
            #expect(wrong.output.contains("strata.yaml:1: there is no setting 'prot'; did you mean port?"))

            let examined = try StrataProcess.run(
                ["doctor", "--json", "--data-dir", directory.path], in: directory.path)
            let findings = try #require(JSONValue(parsing: examined.output).array)
            #expect(findings.map { $0["subject"] }.contains("OpenBLAS"))
            #expect(findings.allSatisfy { ["fine", "advice", "wrong"].contains($0["severity"]?.string ?? "") })
            let hasWrong = findings.contains { $0["severity"] == "wrong" }
            #expect(examined.status == (hasWrong ? 1 : 0))
            let bad = try StrataProcess.run(["doctor", "--listen", "nowhere"], in: directory.path)
            #expect(bad.status == 1)
            #expect(bad.output.contains("listen must be host:port or unix:/path"))
        }
    }
}
