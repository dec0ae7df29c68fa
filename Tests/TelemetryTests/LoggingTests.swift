import HTTPTestSupport
import Logging
import Testing

@testable import Telemetry

/// A log line …
struct LoggingTests {
    private let metadata: Logger.Metadata = ["peer": "a\"b", "line": "one\ntwo"]

    @Test func isText() {
        let settings = LogSettings(format: .text, time: ManualTime())
        let line = settings.line(.info, "hello", label: "http", metadata: metadata)
        #expect(line == #"2026-01-01T00:00:01.000Z info http: hello line=one\u{10}two peer=a"b"#)
    }

    @Test func isJSON() {
        let settings = LogSettings(format: .json, time: ManualTime())
        let line = settings.line(.error, "no\n", label: "http", metadata: metadata)
        #expect(
            line == #"{"time":"2026-01-01T00:00:01.000Z","level":"error","logger":"http","message":"no\u000a","#
                + #""line":"one\u000atwo","peer":"a\"b"}"#)
    }

    @Test func isWrittenAtALevelThatCanChange() {
        let settings = LogSettings(level: .info)
        let logger = settings.logger("a")
        #expect(logger.logLevel == .info)
        settings.level = .debug
        #expect(logger.logLevel == .debug)
    }

    @Test func hasATimestampThatKnowsLeapYears() {
        #expect(Timestamp.string((1_709_164_799, 5_000_000)) == "2024-02-28T23:59:59.005Z")
        #expect(Timestamp.string((1_709_164_800, 999_999_999)) == "2024-02-29T00:00:00.999Z")
    }
}
