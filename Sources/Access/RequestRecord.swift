import HTTP
import Logging
import Synchronization
import Telemetry

/// What is kept of requests: numbers of all, lines of those that are to be logged, spans of those that are traced.
public final class RequestRecord: Sendable {
    private let routes: [Route]
    private let metrics: RequestMetrics
    private let accessLog: AccessLog
    private let audit: Logger
    private let tracer: Tracer?
    private let logsRequestsFlag: Atomic<Bool>
    private let logsChangesFlag: Atomic<Bool>

    /// - Parameters:
    ///   - audit: gets changes and refusals.
    ///   - tracer: gets the spans of traced requests; nil for no tracing.
    public init(
        routes: [Route], metrics: RequestMetrics, accessLog: AccessLog, audit: Logger, tracer: Tracer? = nil,
        logsRequests: Bool = false, logsChanges: Bool = true
    ) {
        self.routes = routes
        self.metrics = metrics
        self.accessLog = accessLog
        self.audit = audit
        self.tracer = tracer
        logsRequestsFlag = Atomic(logsRequests)
        logsChangesFlag = Atomic(logsChanges)
    }

    public var logsRequests: Bool {
        get { logsRequestsFlag.load(ordering: .relaxed) }
        set { logsRequestsFlag.store(newValue, ordering: .relaxed) }
    }

    public var logsChanges: Bool {
        get { logsChangesFlag.load(ordering: .relaxed) }
        set { logsChangesFlag.store(newValue, ordering: .relaxed) }
    }

    func answered(_ request: HTTPRequest?, _ facts: AnswerFacts) {
        let match = request?.match
        metrics.record(facts, route: match?.index)
        if logsRequests { accessLog.add(request, facts) }
        guard let request, let match else { return }
        if match.route.changesSomething, logsChanges {
            audit.notice(
                "change", metadata: RequestRecord.details(request).merging(["status": "\(facts.status)"]) { $1 })
        }
        if let tracer {
            tracer.record(
                TraceContext(request), name: "\(match.route.method) \(match.route.pattern)",
                nanoseconds: facts.endedAt - facts.startedAt, isError: facts.status >= 500,
                attributes: [
                    ("http.request.method", .text(request.method.rawValue)), ("http.route", .text(match.route.pattern)),
                    ("url.path", .text(request.path)), ("http.response.status_code", .number(facts.status)),
                    ("client.address", .text(request.peer)),
                ] + (match.caller.map { [("enduser.id", .text($0))] } ?? []))
        }
    }

    func refused(_ request: HTTPRequest, _ route: Route, _ error: HTTPError) {
        metrics.recordRefusal(error.status.code)
        // Who is only too quick is counted; a line for each would be one more way to be too much.
        guard logsChanges, error.kind != .rateLimited else { return }
        audit.notice("refused", metadata: RequestRecord.details(request).merging(["reason": "\(error.detail)"]) { $1 })
    }

    /// What a line of the log says of a request.
    public static func details(_ request: HTTPRequest) -> Logger.Metadata {
        let caller = request.match?.caller ?? AccessPolicy.anonymousName
        var details: Logger.Metadata = [
            "request": "\(request.id)", "caller": "\(caller)", "peer": "\(request.peer)",
            "method": "\(request.method)", "path": "\(request.path)",
        ]
        if let trace = TraceContext(request) { details["trace"] = "\(trace.traceText)" }
        return details
    }
}

extension Route {
    /// Whether it is for changing what the server holds, and each change is worth a line.
    fileprivate var changesSomething: Bool { method != .get && !isRoutine && (scope == .admin || scope == .train) }
}

extension TraceContext {
    /// What the caller says about its trace; nil when it says nothing that can be understood.
    public init?(_ request: HTTPRequest) {
        guard let text = request.headers["traceparent"] else { return nil }
        self.init(traceparent: text)
    }
}
