import Formats
import HTTPClient

/// What came of a load.
struct LoadResult: Sendable {
    private let seconds: Double
    private var nanoseconds: [UInt64] = []
    private(set) var errors = 0
    private var bytes = 0

    init(seconds: Double) { self.seconds = seconds }

    mutating func add(_ answer: ClientAnswer, nanoseconds: UInt64) {
        self.nanoseconds.append(nanoseconds)
        bytes += answer.body.count
        if answer.status >= 400 { errors += 1 }
    }

    mutating func add(_ other: LoadResult) {
        nanoseconds += other.nanoseconds
        errors += other.errors
        bytes += other.bytes
    }

    /// The time that a share of the requests did not exceed, in seconds; by the nearest rank.
    func percentile(_ share: Double) -> Double {
        let sorted = nanoseconds.sorted()
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return Double(sorted[min(max(rank, 1), sorted.count) - 1]) / 1e9
    }

    private static let shares = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999), ("max", 1)]

    private var requestsPerSecond: Double { Double(nanoseconds.count) / seconds }

    var text: String {
        let rows =
            [
                ["requests", "\(nanoseconds.count)"], ["errors", "\(errors)"],
                ["requests/s", LoadResult.rounded(requestsPerSecond)],
                ["MB/s", LoadResult.rounded(Double(bytes) / seconds / 1e6)],
            ]
            + LoadResult.shares.map { [$0.0, "\(LoadResult.rounded(percentile($0.1) * 1e3)) ms"] }
        return table(rows)
    }

    var json: JSONValue {
        var object = JSONObject([
            ("requests", .integer(nanoseconds.count)), ("errors", .integer(errors)), ("seconds", .double(seconds)),
            ("requests_per_second", .double(requestsPerSecond)),
        ])
        for (name, share) in LoadResult.shares { object[name] = .double(percentile(share)) }
        return .object(object)
    }

    /// Three places behind the point.
    private static func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
