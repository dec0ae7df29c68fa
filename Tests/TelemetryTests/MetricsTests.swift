import Telemetry
import Testing

/// Metrics …
struct MetricsTests {
    @Test func areRenderedForPrometheus() {
        let registry = MetricsRegistry()
        registry.counter("requests_total", help: "Requests.", labels: [("method", "GET")]).add(3)
        registry.gauge("open", help: "Open.").set(1.5)
        let histogram = registry.histogram("seconds", help: "Time.", bounds: [1, 2])
        histogram.record(0.5)
        histogram.record(2)
        histogram.record(9)
        #expect(
            registry.render() == """
                # HELP open Open.
                # TYPE open gauge
                open 1.5
                # HELP requests_total Requests.
                # TYPE requests_total counter
                requests_total{method="GET"} 3
                # HELP seconds Time.
                # TYPE seconds histogram
                seconds_bucket{le="1.0"} 1
                seconds_bucket{le="2.0"} 2
                seconds_bucket{le="+Inf"} 3
                seconds_sum 11.5
                seconds_count 3

                """)
    }

    @Test func areOneForOneNameAndLabels() {
        let registry = MetricsRegistry()
        registry.counter("a", help: "").add()
        registry.counter("a", help: "").add(2)
        #expect(registry.counter("a", help: "").value == 3)
        #expect(registry.counter("a", help: "", labels: [("b", "c\"\n")]).value == 0)
        #expect(registry.render().contains(#"a{b="c\"\n"} 0"#))
    }

    @Test func countFromManyThreadsAtOnce() async {
        let gauge = Gauge()
        let histogram = Histogram(bounds: [1])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        gauge.add(1)
                        histogram.record(1)
                    }
                }
            }
        }
        #expect(gauge.value == 8_000)
        #expect(histogram.count == 8_000)
        #expect(histogram.sum == 8_000)
    }
}
