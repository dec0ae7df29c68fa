import HTTP
import Telemetry

/// A line for every request, in the log's own form.
public final class AccessLog: Sendable {
    private let lines: LineBuffer
    private let format: LogSettings.Format
    private let time: any TimeSource

    public init(format: LogSettings.Format, lines: LineBuffer, time: any TimeSource = SystemTime()) {
        self.format = format
        self.lines = lines
        self.time = time
    }

    /// Writes what is still gathered.
    public func flush() { lines.flush() }

    func add(_ request: HTTPRequest?, _ facts: AnswerFacts) {
        let now = time.wallTime()
        lines.add { bytes in
            var line = AccessLine(isJSON: format == .json, bytes: bytes)
            // The builder must be the only one to hold the bytes, or they would be copied.
            bytes = []
            line.begin(now)
            if let request {
                line.field("request", request.id.description)
                line.field("peer", request.peer)
                line.field("caller", request.match?.caller ?? AccessPolicy.anonymousName)
                line.field("method", request.method.rawValue)
                line.field("target", request.rawTarget)
                if let trace = TraceContext(request) { line.field("trace", trace.traceText) }
            }
            line.field("status", UInt64(facts.status))
            if let count = facts.bytes { line.field("bytes", UInt64(count)) }
            line.field("microseconds", (facts.endedAt &- facts.startedAt) / 1_000)
            if !facts.isWhole { line.field("cut", 1) }
            line.end()
            bytes = line.bytes
        }
    }
}

/// One line, written digit by digit: it is on the way of every request.
private struct AccessLine {
    let isJSON: Bool
    private(set) var bytes: [UInt8]

    init(isJSON: Bool, bytes: consuming [UInt8]) {
        self.isJSON = isJSON
        self.bytes = bytes
    }

    mutating func begin(_ time: (seconds: Int64, nanoseconds: Int64)) {
        if isJSON {
            bytes.append(contentsOf: #"{"time":""#.utf8)
            Timestamp.append(time, to: &bytes)
            bytes.append(contentsOf: #"","level":"info","logger":"strata.access","message":"request""#.utf8)
        } else {
            Timestamp.append(time, to: &bytes)
            bytes.append(contentsOf: " info strata.access: request".utf8)
        }
    }

    mutating func field(_ name: StaticString, _ text: String) {
        start(name)
        if isJSON {
            bytes.appendQuoted(text)
        } else {
            // What a client sent must not start a line of its own.
            for byte in text.utf8 { bytes.append(byte < 0x20 ? 0x3f : byte) }
        }
    }

    mutating func field(_ name: StaticString, _ number: UInt64) {
        start(name)
        bytes.appendDecimal(number)
    }

    mutating func end() {
        if isJSON { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func start(_ name: StaticString) {
        bytes.append(contentsOf: isJSON ? ",\"".utf8 : " ".utf8)
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: isJSON ? "\":".utf8 : "=".utf8)
    }
}
