import Dispatch
import Locking

/// Sends the spans of traced requests to a collector of OpenTelemetry, many at a time.
///
/// Nothing waits for it: while the collector is away or slow, spans are dropped and counted.
///
/// - Source: OTLP 1.5 over HTTP in JSON, https://opentelemetry.io/docs/specs/otlp/#otlphttp
public final class Tracer: Sendable {
    public enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
    }

    struct Span: Sendable {
        let trace: (UInt64, UInt64)
        let identifier: UInt64
        let parent: UInt64?
        let name: String
        /// Nanoseconds since 1970.
        let start: UInt64
        let end: UInt64
        let isError: Bool
        let attributes: [(String, Value)]
    }

    private struct State {
        var spans: [Span] = []
        var isScheduled = false
    }

    private let state = Lock(State())
    private let ratio: Double
    private let version: String
    private let time: any TimeSource
    private let send: @Sendable ([UInt8]) -> Bool
    private let queue = DispatchQueue(label: "strata.traces")
    public let dropped = Counter()
    public let sent = Counter()

    private static let spansMax = 2_048
    private static let delay: UInt64 = 5_000_000_000

    /// - Parameters:
    ///   - ratio: which part of the requests is traced that no caller has decided about.
    ///   - version: of the server, for whoever looks at the traces.
    ///   - send: takes a body of JSON to the collector, on a thread that may wait; tells whether it arrived.
    public init(
        ratio: Double, version: String, time: any TimeSource = SystemTime(), send: @escaping @Sendable ([UInt8]) -> Bool
    ) {
        self.ratio = ratio
        self.version = version
        self.time = time
        self.send = send
    }

    /// Keeps the span of a request that has just ended, if it is traced.
    public func record(
        _ context: TraceContext?, name: String, nanoseconds: UInt64, isError: Bool, attributes: [(String, Value)]
    ) {
        guard context?.isSampled ?? (Double.random(in: 0..<1) < ratio) else { return }
        let wall = time.wallTime()
        let end = UInt64(max(0, wall.seconds)) &* 1_000_000_000 &+ UInt64(wall.nanoseconds)
        let span = Span(
            trace: context?.trace ?? (.random(in: 1 ... .max), .random(in: 1 ... .max)),
            identifier: .random(in: 1 ... .max), parent: context?.parent, name: name, start: end &- nanoseconds,
            end: end,
            isError: isError, attributes: attributes)
        let isFirst = state.withLock { state -> Bool in
            guard state.spans.count < Tracer.spansMax else {
                dropped.add()
                return false
            }
            state.spans.append(span)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard isFirst else { return }
        _ = time.schedule(at: time.now() &+ Tracer.delay) { [self] in queue.async { self.flush() } }
    }

    /// Sends what there is; waits for the collector.
    public func flush() {
        let spans = state.withLock { state in
            defer { state = State() }
            return state.spans
        }
        guard !spans.isEmpty else { return }
        (send(body(spans)) ? sent : dropped).add(UInt64(spans.count))
    }

    private func body(_ spans: [Span]) -> [UInt8] {
        var text: [UInt8] = []
        let resource = Tracer.attributes([("service.name", .text("strata")), ("service.version", .text(version))])
        text += Array(#"{"resourceSpans":[{"resource":{"attributes":\#(resource)},"#.utf8)
        text += Array(#""scopeSpans":[{"scope":{"name":"strata"},"spans":["#.utf8)
        for (index, span) in spans.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += Array(Tracer.json(span).utf8)
        }
        text += Array("]}]}]}".utf8)
        return text
    }

    /// Kind 2 is a server's, status 2 an error's.
    private static func json(_ span: Span) -> String {
        let trace = TraceContext.text(span.trace.0) + TraceContext.text(span.trace.1)
        let parent = span.parent.map { #""parentSpanId":"\#(TraceContext.text($0))","# } ?? ""
        return #"{"traceId":"\#(trace)","spanId":"\#(TraceContext.text(span.identifier))",\#(parent)"#
            + #""name":\#(LogLine.quoted(span.name)),"kind":2,"startTimeUnixNano":"\#(span.start)","#
            + #""endTimeUnixNano":"\#(span.end)","attributes":\#(attributes(span.attributes)),"#
            + #""status":{"code":\#(span.isError ? 2 : 0)}}"#
    }

    private static func attributes(_ attributes: [(String, Value)]) -> String {
        let items = attributes.map { key, value in
            let text =
                switch value {
                case .text(let text): #"{"stringValue":\#(LogLine.quoted(text))}"#
                case .number(let number): #"{"intValue":"\#(number)"}"#
                }
            return #"{"key":\#(LogLine.quoted(key)),"value":\#(text)}"#
        }
        return "[" + items.joined(separator: ",") + "]"
    }
}
