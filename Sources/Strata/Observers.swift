import Access
import HTTP
import HTTPClient
import HTTPServer
import Logging
import Telemetry
import TensorCore

/// What watches the requests of a server.
struct Observers: Sendable {
    private let requests: RequestMetrics
    let record: RequestRecord
    private let accessLog: AccessLog
    private let tracer: Tracer?

    init(_ routes: [Route], _ settings: ServerSettings, log: LogSettings, tracer: Tracer?) {
        requests = RequestMetrics(routes)
        accessLog = AccessLog(format: log.format, lines: LineBuffer())
        // What was changed, and by whom, is told at any level.
        var audit = log.logger("strata.audit")
        audit.logLevel = .trace
        self.tracer = tracer
        record = RequestRecord(
            routes: routes, metrics: requests, accessLog: accessLog, audit: audit, tracer: tracer,
            logsRequests: settings.logsRequests, logsChanges: settings.logsChanges)
    }

    func adjust(to settings: ServerSettings) {
        record.logsRequests = settings.logsRequests
        record.logsChanges = settings.logsChanges
    }

    /// What is counted of requests.
    func families() -> [MetricFamily] {
        requests.families() + [
            MetricFamily(
                "strata_access_log_dropped_total", .counter, "Lines of the access log that nobody took.",
                Double(accessLog.dropped))
        ]
    }

    /// Writes and sends what is still gathered.
    func flush() {
        accessLog.flush()
        tracer?.flush()
    }
}

extension ServerSettings {
    /// Sends spans to the collector; nil where none is set.
    ///
    /// - Throws: `SettingsError` when its address is none.
    func tracer(version: String, logger: Logger) throws(SettingsError) -> Tracer? {
        guard let tracesEndpoint else { return nil }
        let address: ServerAddress
        do {
            address = try ServerAddress(tracesEndpoint)
        } catch {
            throw SettingsError("otlp-endpoint: \(error)")
        }
        return Tracer(ratio: tracesRatio, version: version) { body in
            do {
                let answer = try HTTPClient(address, timeoutSeconds: 5).send(
                    .post, "/v1/traces", type: "application/json", body: body)
                guard answer.status >= 300 else { return true }
                logger.warning("the collector of traces refused some", metadata: ["status": "\(answer.status)"])
            } catch {
                logger.warning("traces could not be sent", metadata: ["error": "\(error)"])
            }
            return false
        }
    }
}

extension StrataServer {
    /// Numbers of the sockets, of the pool, and of the process's build.
    static func serverMetrics(_ http: HTTPServer, _ tracer: Tracer?) -> [MetricFamily] {
        let statistics = http.statistics
        var build = MetricFamily("strata_build_info", .gauge, "What runs here; always 1.")
        build.add([("version", version), ("blas", BLAS.configuration)], 1)
        var families = [
            build,
            MetricFamily("strata_compute_threads", .gauge, "Threads that compute.", Double(ComputePool.shared.threads)),
            MetricFamily(
                "strata_compute_busy", .gauge, "Work that the threads are at.", Double(ComputePool.shared.runningCount)),
            MetricFamily(
                "strata_compute_waiting", .gauge, "Work that waits for a thread.",
                Double(ComputePool.shared.waitingCount)),
            MetricFamily("strata_http_connections", .gauge, "Open connections.", Double(http.openConnections)),
            MetricFamily(
                "strata_http_connections_total", .counter, "Connections accepted.",
                Double(statistics.connectionsAccepted.value)),
            MetricFamily(
                "strata_http_connections_refused_total", .counter,
                "Connections turned away because there were too many.",
                Double(statistics.connectionsRefused.value)),
            MetricFamily(
                "strata_http_received_bytes_total", .counter, "Bytes read from clients.",
                Double(statistics.bytesReceived.value)),
            MetricFamily(
                "strata_http_sent_bytes_total", .counter, "Bytes written to clients.",
                Double(statistics.bytesSent.value)),
            MetricFamily(
                "strata_http_body_bytes", .gauge, "Bytes that requests' bodies hold right now.", Double(http.bodyBytes)),
        ]
        if let tracer {
            families += [
                MetricFamily("strata_traces_sent_total", .counter, "Spans sent.", Double(tracer.sent.value)),
                MetricFamily("strata_traces_dropped_total", .counter, "Spans lost.", Double(tracer.dropped.value)),
            ]
        }
        return families
    }
}
