import Testing

@testable import HTTP

/// RFC 9112 §7.1: chunked content …
struct ChunkedDecoderTests {
    private func lines(_ body: String, limits: HTTPLimits = HTTPLimits()) -> [String] {
        transcript("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body, limits: limits)
    }

    @Test func isJoined() {
        #expect(lines("3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n")[1] == "content abc0123456789")
        #expect(lines("a\r\n0123456789\r\n0\r\n\r\n")[1] == "content 0123456789")
    }

    @Test func mayBeEmpty() {
        #expect(lines("0\r\n\r\n").last == "end")
        #expect(lines("0000\r\n\r\n").last == "end")
    }

    /// §7.1.1: extensions that are not known are ignored, but they must be extensions.
    @Test(arguments: [
        "1;a", "1;a=b", "1;a=\"b c\"", "1 ; a = b ", "1;a=\"\\\"\"", "1;a;b=c;d=\"e\"", "1\t;a", "1;a=b;c",
    ])
    func mayHaveExtensions(_ size: String) {
        #expect(lines("\(size)\r\nx\r\n0\r\n\r\n").last == "end")
    }

    @Test(arguments: [
        "", "g", "-1", "+1", "0x1", "1 ", " 1", "1\t", "1;", "1;=", "1;a=", "1;a=\"", "1;a=\"b\"c", "1 2", "1,a",
        "1;a\nb", "1;a b",
        "fffffffffffffffff", "10000000000000001", "1\n", "1\r", "1;a=\u{1}", "1_0", "１",
    ])
    func refusesOtherSizes(_ size: String) {
        #expect(lines("\(size)\r\nx\r\n0\r\n\r\n").last == "failed malformedChunk")
    }

    @Test(arguments: [
        "1\nx\r\n0\r\n\r\n", "1\r\nx\n0\r\n\r\n", "1\r\nxy\r\n0\r\n\r\n", "1\r\nx0\r\n\r\n", "2\r\nx\r\n0\r\n\r\n",
    ])
    func refusesOtherEndings(_ body: String) {
        #expect(lines(body).last == "failed malformedChunk")
    }

    /// §7.1.2, and RFC 9110 §6.5.1: never among the headers.
    @Test func mayHaveTrailers() {
        let lines = lines("1\r\nx\r\n0\r\nA: b\r\nContent-Length: 7\r\n\r\n")
        #expect(lines[1...] == ["content x", "trailers A: b\nContent-Length: 7", "end"])
        #expect(!lines[0].contains("Content-Length"))
    }

    @Test(arguments: ["A b: c", "A", " A: b", "A: b\r\n c", "A : b", "A: \u{0}", "A: b\nC: d"])
    func refusesMalformedTrailers(_ trailer: String) {
        #expect(lines("0\r\n\(trailer)\r\n\r\n").last == "failed malformedTrailer")
    }

    @Test func limitsTrailersAndExtensions() {
        var limits = HTTPLimits()
        limits.headersMax = 2
        limits.headerBytesMax = 64
        limits.chunkExtensionBytesMax = 8
        #expect(lines("0\r\nA: 1\r\n\r\n", limits: limits).last == "end")
        #expect(lines("0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", limits: limits).last == "failed tooManyHeaders")
        #expect(
            lines("0\r\nA: \(String(repeating: "x", count: 80))\r\n\r\n", limits: limits).last
                == "failed headersTooLarge")
        #expect(lines("1;abcdefgh\r\nx\r\n0\r\n\r\n", limits: limits).last == "failed malformedChunk")
        let many = String(repeating: "1;abcdef\r\nx\r\n", count: 20) + "0\r\n\r\n"
        #expect(lines(many, limits: limits).last == "failed malformedChunk")
    }
}
