import Locking

/// All metrics of the process, by name and labels, and their text for Prometheus.
///
/// Looking a metric up takes a lock: hold on to what you count with.
public final class MetricsRegistry: Sendable {
    public typealias Labels = [(name: String, value: String)]

    private enum Metric {
        case counter(Counter)
        case gauge(Gauge)
        case computed(@Sendable () -> Double)
        case histogram(Histogram)
    }

    private struct Family {
        let help: String
        var members: [(labels: String, metric: Metric)] = []
    }

    private let families = Lock<[String: Family]>([:])

    public init() {}

    /// The counter of this name and labels, made when first asked for.
    public func counter(_ name: String, help: String, labels: Labels = []) -> Counter {
        find(name, help, labels, make: .counter(Counter())) { metric -> Counter? in
            if case .counter(let counter) = metric { counter } else { nil }
        } ?? Counter()
    }

    public func gauge(_ name: String, help: String, labels: Labels = []) -> Gauge {
        find(name, help, labels, make: .gauge(Gauge())) { metric -> Gauge? in
            if case .gauge(let gauge) = metric { gauge } else { nil }
        } ?? Gauge()
    }

    /// A gauge that is asked for its value when the metrics are read.
    public func gauge(_ name: String, help: String, labels: Labels = [], read: @escaping @Sendable () -> Double) {
        _ = find(name, help, labels, make: .computed(read)) { _ -> Bool? in true }
    }

    public func histogram(
        _ name: String, help: String, labels: Labels = [], bounds: [Double] = Histogram.secondsBounds
    ) -> Histogram {
        find(name, help, labels, make: .histogram(Histogram(bounds: bounds))) { metric -> Histogram? in
            if case .histogram(let histogram) = metric { histogram } else { nil }
        } ?? Histogram(bounds: bounds)
    }

    /// Everything in Prometheus's text format, version 0.0.4.
    public func render() -> String {
        let families = families.withLock { $0 }
        return families.sorted { $0.key < $1.key }.map { Self.render($0.key, $0.value) }.joined()
    }
}

extension MetricsRegistry {
    /// A name already taken by a metric of another kind gives `nil`: the caller then counts for itself alone.
    private func find<Found>(
        _ name: String, _ help: String, _ labels: Labels, make: @autoclosure () -> Metric, _ cast: (Metric) -> Found?
    ) -> Found? {
        let key = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        return families.withLock { families in
            var family = families[name] ?? Family(help: help)
            if let member = family.members.first(where: { $0.labels == key }) { return cast(member.metric) }
            let metric = make()
            family.members.append((key, metric))
            families[name] = family
            return cast(metric)
        }
    }

    private static func render(_ name: String, _ family: Family) -> String {
        var type = "gauge"
        if case .counter = family.members.first?.metric { type = "counter" }
        if case .histogram = family.members.first?.metric { type = "histogram" }
        var text = "# HELP \(name) \(family.help)\n# TYPE \(name) \(type)\n"
        for (labels, metric) in family.members {
            let suffix = labels.isEmpty ? "" : "{\(labels)}"
            switch metric {
            case .counter(let counter): text += "\(name)\(suffix) \(counter.value)\n"
            case .gauge(let gauge): text += "\(name)\(suffix) \(gauge.value)\n"
            case .computed(let read): text += "\(name)\(suffix) \(read())\n"
            case .histogram(let histogram): text += render(name, labels, histogram)
            }
        }
        return text
    }

    private static func render(_ name: String, _ labels: String, _ histogram: Histogram) -> String {
        let prefix = labels.isEmpty ? "" : labels + ","
        let suffix = labels.isEmpty ? "" : "{\(labels)}"
        // Read before the buckets, so that no bucket shows more than all of them.
        let buckets = zip(histogram.bounds, histogram.cumulativeCounts)
        let count = histogram.count
        return buckets.map { "\(name)_bucket{\(prefix)le=\"\($0)\"} \($1)\n" }.joined()
            + "\(name)_bucket{\(prefix)le=\"+Inf\"} \(count)\n\(name)_sum\(suffix) \(histogram.sum)\n"
            + "\(name)_count\(suffix) \(count)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}
