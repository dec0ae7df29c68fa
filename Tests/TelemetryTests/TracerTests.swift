import HTTPTestSupport
import Locking
import Telemetry
import Testing

/// A trace …
struct TracerTests {
    private static let sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func isReadAsTheStandardWritesIt() throws {
        let context = try #require(TraceContext(traceparent: TracerTests.sampled))
        #expect(context.traceText == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.parent == 0x00f0_67aa_0ba9_02b7)
        #expect(context.isSampled)
        #expect(
            TraceContext(traceparent: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-more")?.isSampled
                == false)
    }

    @Test(
        arguments: [
            "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ])
    func isNoneWhereItIsWrittenOtherwise(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func isNoneAtEveryPrefix() {
        for count in 0..<TracerTests.sampled.count {
            #expect(TraceContext(traceparent: String(TracerTests.sampled.prefix(count))) == nil)
        }
    }

    @Test func isSentWithTheCallersName() throws {
        let bodies = Lock<[String]>([])
        let tracer = Tracer(ratio: 0, version: "1", time: ManualTime()) { body in
            bodies.withLock { $0.append(String(decoding: body, as: UTF8.self)) }
            return true
        }
        tracer.record(
            TraceContext(traceparent: TracerTests.sampled), name: "GET /a", nanoseconds: 1_000, isError: true,
            attributes: [("http.route", .text("/a\"")), ("http.response.status_code", .number(500))])
        // Nobody has asked for this one.
        tracer.record(nil, name: "GET /b", nanoseconds: 1, isError: false, attributes: [])
        tracer.flush()
        tracer.flush()
        let body = try #require(bodies.withLock { $0.first })
        #expect(bodies.withLock { $0.count } == 1)
        #expect(body.contains(#""traceId":"4bf92f3577b34da6a3ce929d0e0e4736""#))
        #expect(body.contains(#""parentSpanId":"00f067aa0ba902b7""#))
        #expect(body.contains(#""startTimeUnixNano":"1767225600999999000","endTimeUnixNano":"1767225601000000000""#))
        #expect(body.contains(#"{"key":"http.route","value":{"stringValue":"/a\""}}"#))
        #expect(body.contains(#""status":{"code":2}"#))
        #expect(!body.contains("GET /b"))
        #expect(tracer.sent.value == 1)
    }

    @Test func isDroppedWhenTheCollectorIsAway() {
        let tracer = Tracer(ratio: 1, version: "1", time: ManualTime()) { _ in false }
        for _ in 0..<3_000 { tracer.record(nil, name: "a", nanoseconds: 1, isError: false, attributes: []) }
        #expect(tracer.dropped.value == 952)
        tracer.flush()
        #expect(tracer.dropped.value == 3_000)
        #expect(tracer.sent.value == 0)
    }
}
