import HTTP
import Locking
import Telemetry

/// A line for every request, in the log's own form.
public final class AccessLog: Sendable {
    private let lines: LineBuffer
    private let form: AccessForm
    private let time: any TimeSource
    private let stamp = Lock(TimestampText())

    public init(format: LogSettings.Format, lines: LineBuffer, time: any TimeSource = SystemTime()) {
        form = AccessForm(isJSON: format == .json)
        self.lines = lines
        self.time = time
    }

    /// Lines that were lost because nobody took them.
    public var dropped: UInt64 { lines.dropped.value }

    /// Writes what is still gathered.
    public func flush() { lines.flush() }

    func add(_ request: HTTPRequest?, _ facts: AnswerFacts) {
        let now = time.wallTime()
        lines.add { bytes in
            if form.isJSON { bytes.append(#"{"time":""#) }
            stamp.withLock { $0.append(now, to: &bytes) }
            bytes.append(
                form.isJSON
                    ? #"","level":"info","logger":"strata.access","message":"request""#
                    : " info strata.access: request")
            if let request { add(request, to: &bytes) }
            form.add(.status, UInt64(facts.status), to: &bytes)
            if let count = facts.bytes { form.add(.bytes, UInt64(count), to: &bytes) }
            form.add(.microseconds, (facts.endedAt &- facts.startedAt) / 1_000, to: &bytes)
            if !facts.isWhole { form.add(.cut, 1, to: &bytes) }
            bytes.append(form.isJSON ? "}\n" : "\n")
        }
    }

    private func add(_ request: HTTPRequest, to bytes: inout [UInt8]) {
        form.begin(.request, &bytes)
        if case .given(let text) = request.id {
            form.add(text, to: &bytes)
        } else {
            form.addPlain(to: &bytes) { request.id.append(to: &$0) }
        }
        form.add(.peer, request.peer, to: &bytes)
        form.add(.caller, request.match?.caller ?? AccessPolicy.anonymousName, to: &bytes)
        form.add(.method, request.method.rawValue, to: &bytes)
        form.begin(.target, &bytes)
        request.rawTargetBytes.withUnsafeBytes { form.add($0, to: &bytes) }
        if let trace = TraceContext(request) { form.add(.trace, trace.traceText, to: &bytes) }
    }
}

/// The two forms of a line. It is on the way of every request, so it is written byte by byte, without strings.
private struct AccessForm {
    let isJSON: Bool

    enum Field { case request, peer, caller, method, target, trace, status, bytes, microseconds, cut }

    func begin(_ field: Field, _ bytes: inout [UInt8]) {
        bytes.append(isJSON ? jsonName(field) : textName(field))
    }

    func add(_ field: Field, _ text: String, to bytes: inout [UInt8]) {
        begin(field, &bytes)
        add(text, to: &bytes)
    }

    func add(_ field: Field, _ number: UInt64, to bytes: inout [UInt8]) {
        begin(field, &bytes)
        bytes.appendDecimal(number)
    }

    func add(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0), to: &bytes) }
    }

    func add(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        if isJSON {
            bytes.appendQuoted(text)
        } else {
            let start = bytes.count
            bytes.append(contentsOf: text)
            // What a client sent must not start a line of its own.
            for index in start..<bytes.count where bytes[index] < 0x20 { bytes[index] = UInt8(ascii: "?") }
        }
    }

    /// A text that needs no escapes.
    func addPlain(to bytes: inout [UInt8], _ append: (inout [UInt8]) -> Void) {
        if isJSON { bytes.append(UInt8(ascii: "\"")) }
        append(&bytes)
        if isJSON { bytes.append(UInt8(ascii: "\"")) }
    }

    private func jsonName(_ field: Field) -> StaticString {
        switch field {
        case .request: #","request":"#
        case .peer: #","peer":"#
        case .caller: #","caller":"#
        case .method: #","method":"#
        case .target: #","target":"#
        case .trace: #","trace":"#
        case .status: #","status":"#
        case .bytes: #","bytes":"#
        case .microseconds: #","microseconds":"#
        case .cut: #","cut":"#
        }
    }

    private func textName(_ field: Field) -> StaticString {
        switch field {
        case .request: " request="
        case .peer: " peer="
        case .caller: " caller="
        case .method: " method="
        case .target: " target="
        case .trace: " trace="
        case .status: " status="
        case .bytes: " bytes="
        case .microseconds: " microseconds="
        case .cut: " cut="
        }
    }
}

/// Wall time as text, written anew but for its milliseconds once a second.
private struct TimestampText {
    private var seconds: Int64?
    private var prefix: [UInt8] = []

    mutating func append(_ time: (seconds: Int64, nanoseconds: Int64), to bytes: inout [UInt8]) {
        if seconds != time.seconds {
            seconds = time.seconds
            prefix = []
            Timestamp.append((time.seconds, 0), to: &prefix)
            // Without the milliseconds and the Z behind them.
            prefix.removeLast(4)
        }
        bytes.append(contentsOf: prefix)
        bytes.appendDecimal(UInt64(max(0, time.nanoseconds)) / 1_000_000, width: 3)
        bytes.append(UInt8(ascii: "Z"))
    }
}
