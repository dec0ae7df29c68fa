import Testing

@testable import HTTP

/// RFC 9110 §12: negotiation …
struct ContentNegotiationTests {
    private let offered = ["application/json", "application/x-npy", "text/plain"]

    @Test(
        arguments: [
            (nil, "application/json"), ("", "application/json"), ("*/*", "application/json"), ("text/*", "text/plain"),
            ("application/x-npy", "application/x-npy"), ("APPLICATION/X-NPY", "application/x-npy"),
            ("text/plain;q=0.5, application/x-npy;q=0.4", "text/plain"),
            ("application/json;q=0, */*", "application/x-npy"),
            ("text/html, */*;q=0.1", "application/json"),
            ("text/*;q=0.9, */*;q=0.8, text/plain;q=0.1", "application/json"),
            ("application/json;q=0.2;x=y, text/plain;q=0.200", "application/json"),
            ("application/*;q=1.000", "application/json"),
            ("application/json;charset=utf-8", nil), ("text/html", nil), ("*/*;q=0", nil),
            ("application/json;q=0", nil),
            ("text/plain;q=1.5", nil), ("text/plain;q=x", nil), (#"text/html;a=",", text/plain"#, "text/plain"),
        ] as [(String?, String?)])
    func findsTheBestMediaType(_ accept: String?, _ expected: String?) {
        #expect(ContentNegotiation.mediaType(accept, offered: offered) == expected)
    }

    @Test(
        arguments: [
            (nil, "identity"), ("", "identity"), ("gzip", "gzip"), ("x-gzip", "gzip"), ("deflate", "deflate"),
            ("br", "identity"),
            ("*", "gzip"), ("gzip;q=0, *", "deflate"), ("gzip;q=0.5, deflate", "deflate"), ("*;q=0", "identity"),
            ("gzip;q=0.5, identity", "identity"), ("GZIP", "gzip"), ("gzip;q=0.001", "gzip"),
            ("br, gzip, deflate", "gzip"),
        ] as [(String?, String)])
    func findsTheCoding(_ accept: String?, _ expected: String) {
        #expect(ContentNegotiation.contentCoding(accept).rawValue == expected)
    }

    @Test func knowsATypeBehindItsParameters() {
        #expect(ContentNegotiation.isMediaType("Application/JSON; charset=utf-8", "application/json"))
        #expect(!ContentNegotiation.isMediaType("application/json5", "application/json"))
    }

    @Test func survivesAnything() {
        var generator = SplitMix(state: 3)
        let pieces = ["text/plain", ";", "q", "=", "0.5", ",", "\"", "\\", " ", "*", "/", "1", ".", "é"]
        for _ in 0..<2_000 {
            let text = (0..<8).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            _ = ContentNegotiation.mediaType(text, offered: offered)
            _ = ContentNegotiation.contentCoding(text)
            _ = EntityTag.list(text)
            _ = ByteRange(text, count: 10)
            _ = HTTPDate.unixSeconds(from: text)
        }
    }
}
