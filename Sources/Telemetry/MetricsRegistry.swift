import Locking

/// Everyone who has metrics to tell, and the text of all of them.
///
/// Whoever counts holds its own counters; they are looked at only when somebody asks.
public final class MetricsRegistry: Sendable {
    private let sources = Lock<[@Sendable () -> [MetricFamily]]>([])

    public init() {}

    /// Asks `source` each time the metrics are read.
    public func add(_ source: @escaping @Sendable () -> [MetricFamily]) {
        sources.withLock { $0.append(source) }
    }

    /// Everything in Prometheus's text format, version 0.0.4, in the order of the names.
    public func render() -> String {
        sources.withLock { $0 }.flatMap { $0() }.sorted { $0.name < $1.name }.map(\.text).joined()
    }
}
