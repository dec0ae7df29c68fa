import Testing

@testable import HTTP

/// Random bytes …
struct RandomInputTests {
    private let pieces = [
        "GET ", "POST ", "/", "/a/../b", "%2e", "%", " HTTP/1.1\r\n", " HTTP/1.0\r\n", "Host: a\r\n", "\r\n", "\r",
        "\n",
        "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n", "0\r\n", "abc", ";a=b", ": ",
        "X: y\r\n",
        "Connection: close\r\n", "Expect: 100-continue\r\n", "http://a/", "*", "\u{0}", "ü", " ", "\t", ",",
    ]

    /// Grammar in disorder: nothing traps, and the pieces in which it comes change nothing.
    @Test func endInAnAnswerOrARefusalHoweverTheyAreCut() {
        var generator = SplitMix(state: 7)
        for _ in 0..<400 {
            var text = Bool.random(using: &generator) ? "POST / HTTP/1.1\r\nHost: a\r\n" : ""
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                text += pieces.randomElement(using: &generator) ?? ""
            }
            #expect(transcript(text).last?.hasPrefix("whole") != true)
        }
    }

    @Test func neverTrapThePieces() {
        var generator = SplitMix(state: 11)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            _ = Transcript(bytes)
            _ = Transcript(Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8) + bytes)
            _ = QueryParameters(parsing: bytes[...])
            _ = PercentEncoding.decode(bytes[...])
            _ = HostValue.isValid(bytes[...])
        }
    }
}

/// A generator that gives every run the same numbers.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
