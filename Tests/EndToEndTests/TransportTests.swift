import HTTPServer
import HTTPTestSupport
import TestSupport
import Testing

/// The executable over TLS, over unix sockets, and over several listeners at once.
struct TransportTests {
    @Test func speaksTLSAndTakesANewCertificateWithoutARestart() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let folder = directory.path
            func certificate(_ name: String) {
                let made = StrataProcess.shell(
                    "cd '\(folder)' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
                        + "-keyout key.pem -out cert.pem -subj /CN=\(name) -addext subjectAltName=DNS:localhost")
                #expect(made.status == 0, "\(made.output)")
            }
            certificate("first")
            let strata = try StrataProcess(["--demo", "--tls-cert", "cert.pem", "--tls-key", "key.pem"], in: directory)
            let url = "https://localhost:\(strata.port)/models/net/call"
            let call = "curl -sS --fail --cacert '\(folder)/cert.pem' '\(url)' -d '{\"inputs\":[[1,1,1,1,1,1,1,1]]}'"
            #expect(StrataProcess.shell(call).status == 0)
            certificate("second")
            #expect(StrataProcess.shell(call).status != 0)
            strata.send(1)
            // The signal is handled soon; until then the old certificate is shown.
            #expect(
                StrataProcess.shell("for i in $(seq 300); do \(call) && exit 0; done; exit 1")
                    .status == 0)
            #expect(strata.end() == 0)
        }
    }

    @Test func listensAtSeveralPlacesAtOnce() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let socket = directory.path + "/strata.sock"
            let strata = try StrataProcess(
                ["--demo", "--listen", "127.0.0.1:0", "--listen", "unix:\(socket)"], in: directory)
            #expect(try strata.get("/healthz").status == 200)
            let answer = StrataProcess.shell("curl -sS --fail --unix-socket '\(socket)' http://localhost/models/net")
            #expect(answer.status == 0 && answer.output.contains("TwoLayerNetwork"))
            #expect(strata.end() == 0)
        }
    }

    @Test func refusesHalfASetting() async throws {
        try await onThread {
            for arguments in [["--tls-cert", "a.pem"], ["--tls-client-ca", "a.pem"], ["--listen", "here"]] {
                let run = try StrataProcess.run(
                    ["serve", "--port", "0", "--data-dir", "/tmp/strata-never"] + arguments)
                #expect(run.status == 1, "\(arguments)")
                #expect(run.output.contains(arguments[0].dropFirst(2)), "\(run.output)")
            }
        }
    }
}
