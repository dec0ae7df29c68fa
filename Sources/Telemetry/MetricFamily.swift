/// All metrics of one name, read at one moment.
public struct MetricFamily: Sendable {
    public typealias Labels = [(name: String, value: String)]

    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    public enum Value: Sendable {
        case number(Double)
        case histogram(Histogram)
    }

    public let name: String
    public let kind: Kind
    public let help: String
    public private(set) var samples: [(labels: Labels, value: Value)] = []

    public init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// A family of one number without labels.
    public init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        self.init(name, kind, help)
        add([], .number(value))
    }

    public mutating func add(_ labels: Labels, _ value: Value) {
        samples.append((labels, value))
    }

    public mutating func add(_ labels: Labels, _ value: Double) { add(labels, .number(value)) }
}

extension MetricFamily {
    /// Prometheus's text format, version 0.0.4.
    ///
    /// - Source: https://prometheus.io/docs/instrumenting/exposition_formats/
    var text: String {
        guard !samples.isEmpty else { return "" }
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for (labels, value) in samples {
            let key = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            switch value {
            case .number(let number): text += "\(name)\(key.isEmpty ? "" : "{\(key)}") \(Self.decimal(number))\n"
            case .histogram(let histogram): text += series(histogram, key)
            }
        }
        return text
    }

    private func series(_ histogram: Histogram, _ labels: String) -> String {
        let prefix = labels.isEmpty ? "" : labels + ","
        let suffix = labels.isEmpty ? "" : "{\(labels)}"
        // Read before the whole, so that no bucket shows more than all of them.
        let buckets = zip(histogram.bounds, histogram.cumulativeCounts)
        let count = histogram.count
        return buckets.map { "\(name)_bucket{\(prefix)le=\"\($0)\"} \($1)\n" }.joined()
            + "\(name)_bucket{\(prefix)le=\"+Inf\"} \(count)\n\(name)_sum\(suffix) \(Self.decimal(histogram.sum))\n"
            + "\(name)_count\(suffix) \(count)\n"
    }

    private static func decimal(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
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
