import Testing

@testable import HTTP

/// RFC 9112 §5 and RFC 9110 §5: a field line …
struct FieldLineTests {
    private func refused(_ fields: String) -> String? { refusal("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n") }

    @Test func losesTheWhitespaceAroundItsValue() {
        let lines = transcript("GET / HTTP/1.1\r\nHost:a\r\nX: \t b c\t \r\nEmpty:\r\n\r\n")
        #expect(lines[0] == "GET / [/] http11 Host=a|X=b c|Empty=")
    }

    /// RFC 9110 §5.5: obs-text is opaque but allowed.
    @Test func mayHoldBytesAboveASCII() {
        #expect(refusal(Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xFF, 0x80] + Array("\r\n\r\n".utf8)) == nil)
    }

    @Test(arguments: [
        "X : a", "X\t: a", ": a", "X", "X a: b", " X: a", "\tX: a", "X: a\r\n b", "X: a\r\n\tb", "X: a\u{0}b",
        "X: a\rb",
        "X: a\nY: b", "X: a\u{1}", "X: a\u{7F}", "X(: a", "X\u{0}: a", "X: a\r", "\u{FC}: a", "X\r: a",
    ])
    func isRefusedWhenMalformed(_ line: String) {
        #expect(refused(line) == "malformedField")
    }

    /// RFC 9112 §2.2: whitespace between the request line and the first field.
    @Test func cannotBeginTheSectionWithWhitespace() {
        #expect(refusal("GET / HTTP/1.1\r\n Host: a\r\n\r\n") == "malformedField")
    }

    @Test func isCountedAndMeasured() {
        var limits = HTTPLimits()
        limits.headersMax = 3
        limits.headerBytesMax = 40
        #expect(refusal("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n", limits: limits) == nil)
        #expect(
            refusal("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", limits: limits) == "tooManyHeaders")
        let filler = String(repeating: "x", count: 40 - 9 - 5)
        #expect(refusal("GET / HTTP/1.1\r\nHost: a\r\nA: \(filler)\r\n\r\n", limits: limits) == nil)
        #expect(refusal("GET / HTTP/1.1\r\nHost: a\r\nA: \(filler)x\r\n\r\n", limits: limits) == "headersTooLarge")
        #expect(refusal("GET / HTTP/1.1\r\nHost: a\r\nA: \(filler)\(filler)", limits: limits) == "headersTooLarge")
    }
}
