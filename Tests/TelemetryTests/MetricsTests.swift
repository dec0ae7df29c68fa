import Testing

@testable import Telemetry

/// Metrics …
struct MetricsTests {
    @Test func areRenderedForPrometheus() {
        let registry = MetricsRegistry()
        registry.add {
            var requests = MetricFamily("requests_total", .counter, "Requests.")
            requests.add([("method", "GET"), ("route", "a\"b\\c\n")], 3)
            return [requests, MetricFamily("empty", .gauge, "Nobody."), MetricFamily("open", .gauge, "Open.", 1.5)]
        }
        let histogram = Histogram(bounds: [1, 2])
        for value in [0.5, 2, 9] { histogram.record(value) }
        registry.add {
            var seconds = MetricFamily("seconds", .histogram, "Time.")
            seconds.add([], .histogram(histogram))
            return [
                seconds, MetricFamily("odd", .gauge, "Odd.", .nan), MetricFamily("past", .gauge, "Past.", -.infinity),
            ]
        }
        #expect(
            registry.render() == """
                # HELP odd Odd.
                # TYPE odd gauge
                odd NaN
                # HELP open Open.
                # TYPE open gauge
                open 1.5
                # HELP past Past.
                # TYPE past gauge
                past -Inf
                # HELP requests_total Requests.
                # TYPE requests_total counter
                requests_total{method="GET",route="a\\"b\\\\c\\n"} 3
                # HELP seconds Time.
                # TYPE seconds histogram
                seconds_bucket{le="1.0"} 1
                seconds_bucket{le="2.0"} 2
                seconds_bucket{le="+Inf"} 3
                seconds_sum 11.5
                seconds_count 3

                """)
    }

    @Test func ofTheProcessAreWhatTheKernelSays() {
        let families = ProcessMetrics.families()
        func value(_ name: String) -> Double? {
            guard case .number(let number)? = families.first(where: { $0.name == name })?.samples.first?.value else {
                return nil
            }
            return number
        }
        #expect((value("process_resident_memory_bytes") ?? 0) > 1e6)
        #expect((value("process_open_fds") ?? 0) >= 3)
        #expect((value("process_cpu_seconds_total") ?? 0) > 0)
        #expect((value("process_start_time_seconds") ?? 0) > 1.7e9)
    }

    @Test func ofTheMachineAreWhatTheKernelSays() {
        let families = MachineMetrics().families()
        func value(_ name: String) -> Double {
            guard case .number(let number)? = families.first(where: { $0.name == name })?.samples.first?.value else {
                return 0
            }
            return number
        }
        #expect(value("nv_cpu_memory_total_bytes") > value("nv_cpu_memory_used_bytes"))
        #expect(value("nv_cpu_memory_used_bytes") > 0)
        #expect(MachineMetrics.memory("MemTotal:       16 kB\nHugePages_Total:       0\n") == ["MemTotal": 16384])
    }

    @Test func ofUseTakesTheTimeBetweenTwoReadings() {
        let before = [10, 0, 10, 100, 0, 0, 0, 0, 0, 0]
        #expect(MachineMetrics.busyShare(from: before, to: [30, 0, 20, 150, 20, 0, 0, 0, 9, 0]) == 0.3)
        #expect(MachineMetrics.busyShare(from: before, to: before) == nil)
        #expect(MachineMetrics.busyShare(from: [], to: before) == nil)
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
