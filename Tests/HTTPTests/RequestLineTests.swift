import Testing

@testable import HTTP

/// RFC 9112 §3: a request line …
struct RequestLineTests {
    private func refused(_ line: String) -> String? { refusal(line + "\r\nHost: a\r\n\r\n") }

    @Test func isMethodTargetVersion() {
        #expect(transcript("GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n") == ["GET /a [/a?b=c] http11 Host=a", "end"])
    }

    /// §2.2
    @Test func mayFollowEmptyLines() {
        #expect(transcript("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").last == "end")
        #expect(
            refusal(String(repeating: "\r\n", count: 9) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n") == "malformedRequestLine"
        )
    }

    /// §2.2: LF alone and CR alone end nothing here.
    @Test func endsWithCRLFOnly() {
        #expect(refusal("GET / HTTP/1.1\nHost: a\r\n\r\n") == "malformedRequestLine")
        #expect(refused("GET / HTTP/1.1\r") == "malformedRequestLine")
        #expect(refused("GET /\ra HTTP/1.1") == "malformedTarget")
        #expect(refusal("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") == "malformedRequestLine")
    }

    @Test(arguments: [
        "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET\t/ HTTP/1.1",
        "GET /\tHTTP/1.1",
        "GET / HTTP/1.1\u{1}", "G(T / HTTP/1.1", "GET", "GET ", "GET /", "GET / ", "GET / http/1.1", "GET / HTTP/1",
        "GET / HTTP/1.1.1", "GET / HTTP/11", "GET / HTTP/a.b", "GET / XTTP/1.1", "GET / HTTP/ 1.1", "GET / HTTP/1.10",
        "\u{0}GET / HTTP/1.1", "GÉT / HTTP/1.1",
    ])
    func refusesOtherForms(_ line: String) {
        #expect(["malformedRequestLine", "malformedTarget"].contains(refused(line)))
    }

    /// §2.3, and RFC 9110 §2.5
    @Test func knowsItsVersions() {
        #expect(transcript("GET / HTTP/1.0\r\n\r\n") == ["GET / [/] http10 ", "end", "close"])
        #expect(transcript("GET / HTTP/1.9\r\nHost: a\r\n\r\n").last == "end")
        #expect(refused("GET / HTTP/2.0") == "versionNotSupported")
        #expect(refused("GET / HTTP/0.9") == "versionNotSupported")
    }

    /// RFC 9113 §3.4: the preface of HTTP/2.
    @Test func refusesThePrefaceOfHTTP2() {
        #expect(refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == "versionNotSupported")
    }

    @Test func refusesMethodsLongerThanAny() {
        #expect(refused(String(repeating: "A", count: 33) + " / HTTP/1.1") == "methodNotImplemented")
        #expect(refusal(String(repeating: "A", count: 9_000)) == "methodNotImplemented")
    }

    @Test func refusesTargetsThatAreTooLong() {
        var limits = HTTPLimits()
        limits.targetBytesMax = 20
        let atLimit = "/" + String(repeating: "a", count: 19)
        #expect(refusal("GET \(atLimit) HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits) == nil)
        #expect(refusal("GET \(atLimit)a HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits) == "targetTooLong")
        #expect(refusal("GET \(atLimit)\(atLimit)\(atLimit)\(atLimit)", limits: limits) == "targetTooLong")
    }

    /// Found by fuzzing: the error depended on whether the line's end came in the same piece.
    @Test func isRefusedForItsFirstFault() {
        #expect(refusal(String(repeating: "J", count: 60) + "\u{13}J\nHost: a\r\n\r\n") == "methodNotImplemented")
        #expect(refusal("\r" + String(repeating: "a", count: 20_000)) == "malformedRequestLine")
        var limits = HTTPLimits()
        limits.headerBytesMax = 16
        #expect(refusal("GET / HTTP/1.1\r\nHost: a\r\nX: 12345678\n\r\n", limits: limits) == "headersTooLarge")
        let chunked = "POST / HTTP/1.1\r\nA: b\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        limits.headerBytesMax = 60
        #expect(refusal(chunked + String(repeating: "x", count: 70) + "\n", limits: limits) == "headersTooLarge")
    }

    @Test func saysAtOnceThatSomethingElseIsSpoken() {
        // The beginning of a TLS handshake: no line will ever end.
        #expect(refusal([0x16, 0x03, 0x01, 0x02, 0x00]) == "malformedRequestLine")
    }
}
