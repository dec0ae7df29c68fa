import HTTP
import HTTPTestSupport
import Locking
import Logging
import Telemetry
import Testing

@testable import Access

/// The record of requests …
struct RequestRecordTests {
    private static let routes = [
        Route(.get, "/models") { _ in .text("models") }.needs(.read),
        Route(.post, "/models") { _ in .text("made") }.needs(.admin),
        Route(.post, "/models/{name}/call") { _ in .text("called") }.needs(.call),
    ]

    /// What a guarded server does with requests, and what it keeps of them.
    private struct Watched {
        let responder: GuardedResponder<RouterResponder>
        let metrics = RequestMetrics(RequestRecordTests.routes)
        let record: RequestRecord
        let accessLog: AccessLog
        let lines = Lock<[String]>([])
        let audited = Lock<[String]>([])

        init(
            _ policy: AccessPolicy = AccessPolicy(callers: [], anonymousScopes: [.admin]),
            _ format: LogSettings.Format = .json
        ) {
            let time = ManualTime()
            let (lines, audited) = (lines, audited)
            accessLog = AccessLog(
                format: format,
                lines: LineBuffer(time: time, queue: nil) { bytes in
                    lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
                },
                time: time)
            record = RequestRecord(
                routes: RequestRecordTests.routes, metrics: metrics, accessLog: accessLog,
                audit: Logger(label: "audit") { _ in ListHandler(list: audited) }, logsRequests: true)
            responder = GuardedResponder(
                RouterResponder(Router(RequestRecordTests.routes)), gate: Gate(policy, time: time), record: record)
        }

        @discardableResult
        func ask(_ request: HTTPRequest) -> Int {
            var request = request
            var response: HTTPResponse
            switch responder.route(request) {
            case .handle(let match):
                request.match = match
                response = (try? responder.reply(to: request).response) ?? .text("")
            case .answer(let answer): response = answer
            case .refuse(let error): response = responder.errorResponse(for: error, request: request)
            }
            responder.answered(
                request,
                AnswerFacts(
                    status: response.status.code, bytes: response.body.count, startedAt: 1_000, endedAt: 2_501_000,
                    isWhole: true))
            return response.status.code
        }

        var metricsText: String {
            let registry = MetricsRegistry()
            registry.add { [metrics] in metrics.families() }
            return registry.render()
        }
    }

    @Test func countsByRouteAndStatus() throws {
        let watched = Watched()
        #expect(watched.ask(try HTTPRequest(.get, "/models")) == 200)
        #expect(watched.ask(try HTTPRequest(.get, "/models")) == 200)
        #expect(watched.ask(try HTTPRequest(.post, "/models/net/call")) == 200)
        #expect(watched.ask(try HTTPRequest(.get, "/nothing")) == 404)
        let text = watched.metricsText
        #expect(text.contains(#"strata_http_requests_total{method="GET",route="/models",status="200"} 2"#))
        #expect(text.contains(#"strata_http_requests_total{method="POST",route="/models/{name}/call",status="200"} 1"#))
        #expect(text.contains(#"strata_http_requests_total{method="",route="",status="404"} 1"#))
        #expect(
            text.contains(
                #"strata_http_request_duration_seconds_bucket{method="GET",route="/models",le="0.0025"} 2"#))
        #expect(text.contains(#"strata_http_request_duration_seconds_sum{method="GET",route="/models"} 0.005"#))
    }

    @Test func holdsALineForEveryRequest() throws {
        let watched = Watched()
        watched.ask(
            try HTTPRequest(
                .get, "/models?a=%22",
                headers: [
                    "x-request-id": "mine", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                ]))
        watched.responder.answered(
            nil, AnswerFacts(status: 400, bytes: nil, startedAt: 0, endedAt: 0, isWhole: false))
        watched.accessLog.flush()
        let start = #"{"time":"2026-01-01T00:00:01.000Z","level":"info","logger":"strata.access","message":"request","#
        let whole = """
            \(start)"request":"mine","peer":"unknown","caller":"anonymous","method":"GET","target":"/models?a=%22",\
            "trace":"4bf92f3577b34da6a3ce929d0e0e4736","status":200,"bytes":6,"microseconds":2500}
            \(start)"status":400,"microseconds":0,"cut":1}

            """
        #expect(watched.lines.withLock { $0 } == [whole])
    }

    @Test func isTextWhereThatIsWanted() throws {
        let watched = Watched(AccessPolicy(callers: [], anonymousScopes: [.admin]), .text)
        watched.ask(try HTTPRequest(.get, "/models", headers: ["x-request-id": "mine"]))
        watched.accessLog.flush()
        let line = """
            2026-01-01T00:00:01.000Z info strata.access: request request=mine peer=unknown caller=anonymous method=GET \
            target=/models status=200 bytes=6 microseconds=2500

            """
        #expect(watched.lines.withLock { $0 } == [line])
    }

    @Test func tellsChangesAndRefusals() throws {
        let caller = Caller(name: "reader", proof: .key(KeyDigest(of: "k")), scopes: [.read])
        let watched = Watched(AccessPolicy(callers: [caller], anonymousScopes: [.admin]))
        #expect(watched.ask(try HTTPRequest(.post, "/models")) == 200)
        #expect(watched.ask(try HTTPRequest(.get, "/models", headers: ["authorization": "Bearer k"])) == 200)
        #expect(watched.ask(try HTTPRequest(.post, "/models", headers: ["authorization": "Bearer k"])) == 403)
        let told = watched.audited.withLock { $0 }
        #expect(told.count == 2)
        #expect(told.first?.hasPrefix("change caller=anonymous method=POST path=/models") == true)
        #expect(told.last?.contains("needs the scope 'admin', which 'reader' does not have") == true)
        #expect(watched.metricsText.contains(#"strata_http_refusals_total{status="403"} 1"#))
        // What a refusal tells is told no more once the operator has had enough of it.
        watched.record.logsChanges = false
        watched.ask(try HTTPRequest(.post, "/models"))
        #expect(watched.audited.withLock { $0.count } == 2)
    }
}

/// Keeps what is logged.
private struct ListHandler: LogHandler {
    let list: Lock<[String]>
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        list.withLock { $0.append(event.message.description + details) }
    }
}
