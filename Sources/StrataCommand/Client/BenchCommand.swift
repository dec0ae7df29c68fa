import ArgumentParser
import Formats
import Glibc
import HTTP
import HTTPClient
import Strata
import Telemetry

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Asks a server as often as it answers, and tells how long that takes.",
        discussion: """
            Each connection waits for its answer before it asks again. The times are a client's: the network's, the \
            server's and this program's own. An answer of 400 and above counts as an error; the exit status is 2 if there \
            was one.

              strata bench /models/net/call --body '{"inputs":[[1,1,1,1,1,1,1,1]]}' --connections 32 --seconds 10
              strata bench /healthz
            """)

    @Argument(help: "The path to ask for.")
    var path: String
    @Option(help: "The body, as JSON, a file, or '-'; makes it a POST.")
    var body: String?
    @Option(help: "The method. (default: GET, with a body POST)")
    var method: String?
    @Option(help: "Connections, each with a thread of its own.")
    var connections = 8
    @Option(help: "Seconds to go on for.")
    var seconds = 5.0
    @Option(help: "Seconds to begin with that are not counted.")
    var warmup = 0.5
    @Flag(help: "Print the figures as JSON, times in seconds.")
    var json = false
    @OptionGroup var options: ClientOptions

    func validate() throws {
        guard (1...10_000).contains(connections) else {
            throw ValidationError("--connections must be from 1 to 10000.")
        }
        guard seconds > 0, warmup >= 0 else { throw ValidationError("--seconds must be above 0, --warmup not below.") }
    }

    func run() async throws {
        let source = try body.map { try BodySource($0) }
        let verb = HTTPMethod(rawValue: method ?? (source == nil ? "GET" : "POST"))
        // Said now if the server is not there, or says no.
        do {
            _ = try options.ask(verb, path, type: source?.type, body: source?.bytes)
        } catch let refusal as Refusal {
            throw refusal.exit()
        }
        let load = Load(
            verb, path, source?.type, source?.bytes, warmup: warmup, seconds: seconds)
        let result = try await load.run(connections: connections, client: { try options.client() })
        print(json ? "\(result.json)" : result.text, terminator: json ? "\n" : "")
        if result.errors > 0 { throw ExitCode(2) }
    }
}

/// One request, sent again and again over several connections.
private struct Load: Sendable {
    private let method: HTTPMethod
    private let path: String
    private let type: String?
    private let body: [UInt8]?
    private let warmup: UInt64
    private let duration: UInt64

    init(_ method: HTTPMethod, _ path: String, _ type: String?, _ body: [UInt8]?, warmup: Double, seconds: Double) {
        self.method = method
        self.path = path
        self.type = type
        self.body = body
        self.warmup = UInt64(warmup * 1e9)
        duration = UInt64(seconds * 1e9)
    }

    func run(connections: Int, client: @escaping @Sendable () throws -> HTTPClient) async throws -> LoadResult {
        let start = SystemTime().now() + warmup
        return try await withThrowingTaskGroup(of: LoadResult.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        startThread { continuation.resume(with: Result { try drive(client(), from: start) }) }
                    }
                }
            }
            var all = LoadResult(seconds: Double(duration) * 1e-9)
            for try await result in group { all.add(result) }
            return all
        }
    }

    private func drive(_ client: HTTPClient, from start: UInt64) throws -> LoadResult {
        let time = SystemTime()
        let end = start + duration
        var result = LoadResult(seconds: Double(duration) * 1e-9)
        var before = time.now()
        while before < end {
            let answer = try client.send(method, path, type: type, body: body)
            let after = time.now()
            if before >= start, after <= end { result.add(answer, nanoseconds: after - before) }
            before = after
        }
        return result
    }
}

/// Runs `work` on a thread of its own, since it blocks.
private func startThread(_ work: @escaping @Sendable () -> Void) {
    final class Box {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(work)).toOpaque()
    let code = pthread_create(
        &thread, nil,
        { argument in
            if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work() }
            return nil
        }, box)
    guard code == 0 else {
        Unmanaged<Box>.fromOpaque(box).release()
        return work()
    }
    pthread_detach(thread)
}

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
