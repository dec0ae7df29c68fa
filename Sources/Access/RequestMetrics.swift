import HTTP
import Telemetry

/// Counts and times of requests by route. Recording takes no lock.
public final class RequestMetrics: Sendable {
    private final class OfRoute: Sendable {
        let duration = Histogram(bounds: Histogram.secondsBounds)
        let statuses = StatusCounters()

        func add(_ facts: AnswerFacts) {
            statuses.add(facts.status)
            duration.record(Double(facts.endedAt &- facts.startedAt) * 1e-9)
        }
    }

    private let routes: [Route]
    private let byRoute: [OfRoute]
    /// Requests that no route was found for, the unreadable ones included.
    private let others = StatusCounters()
    private let refusals = StatusCounters()
    private let unfinished = Counter()

    public init(_ routes: [Route]) {
        self.routes = routes
        byRoute = routes.map { _ in OfRoute() }
    }

    func record(_ facts: AnswerFacts, route index: Int?) {
        if !facts.isWhole { unfinished.add() }
        guard let index else {
            others.add(facts.status)
            return
        }
        byRoute[index].add(facts)
    }

    func recordRefusal(_ status: Int) { refusals.add(status) }

    /// For the metrics' text; routes that nobody has asked for are left out.
    public func families() -> [MetricFamily] {
        var requests = MetricFamily("strata_http_requests_total", .counter, "Requests answered, by route and status.")
        var durations = MetricFamily(
            "strata_http_request_duration_seconds", .histogram, "From a request's head to its answer.")
        for (route, numbers) in zip(routes, byRoute) where numbers.duration.count > 0 {
            let labels = [("method", route.method.rawValue), ("route", route.pattern)]
            for (status, count) in numbers.statuses.counts {
                requests.add(labels + [("status", status)], .number(Double(count)))
            }
            durations.add(labels, .histogram(numbers.duration))
        }
        for (status, count) in others.counts {
            requests.add([("method", ""), ("route", ""), ("status", status)], .number(Double(count)))
        }
        var refused = MetricFamily(
            "strata_http_refusals_total", .counter,
            "Requests turned away for want of a key (401), a right (403) or tokens (429).")
        for (status, count) in refusals.counts { refused.add([("status", status)], .number(Double(count))) }
        var cut = MetricFamily(
            "strata_http_unfinished_total", .counter, "Requests whose client left before the answer was whole.")
        cut.add([], .number(Double(unfinished.value)))
        return [requests, durations, refused, cut]
    }
}

/// A counter for each status.
private struct StatusCounters: Sendable {
    private static let known = [
        200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 406, 408, 409, 411, 412, 413, 414, 415, 416, 417, 421,
        422, 429,
        431, 500, 501, 503, 505, 507,
    ]
    /// One for each known status, and one for those without an answer.
    private let counters = (0...known.count).map { _ in Counter() }

    func add(_ status: Int) {
        counters[StatusCounters.known.firstIndex(of: status) ?? StatusCounters.known.count].add()
    }

    /// Those above zero.
    var counts: [(status: String, count: UInt64)] {
        zip(StatusCounters.known.map(String.init) + ["none"], counters).map { ($0, $1.value) }.filter { $0.1 > 0 }
    }
}
