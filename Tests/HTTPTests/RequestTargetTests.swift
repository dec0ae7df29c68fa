import Testing

@testable import HTTP

/// RFC 9112 §3.2 and RFC 3986: a request target …
struct RequestTargetTests {
    private func path(_ target: String, method: String = "GET", isSecure: Bool = false) -> String? {
        let lines = transcript("\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n", isSecure: isSecure)
        guard lines.last == "end" || lines.last == "close" else { return nil }
        return lines[0].split(separator: " ").dropFirst().first.map(String.init)
    }

    /// §3.2.2: a server must take the absolute form, whatever `Host` says.
    @Test func mayBeAbsolute() {
        #expect(path("http://example.org/a/b?c") == "/a/b")
        #expect(path("HTTP://example.org:8080") == "/")
        #expect(path("http://example.org?q") == "/")
        #expect(path("http://[::1]:80/x") == "/x")
    }

    @Test(arguments: [
        "http://", "http:///a", "http://user@host/", "http://ho st/", "ftp://a/", "a/b", "?a", "http:/a", "//", "*a",
        "http://a:b/", "http://a:70000/", "/a#b", "/%", "/%2", "/%zz", "/%00", "/%ff", "/a%2", "/<", "/\"", "/ü",
        "/a|b",
        "/?%g0", "/?a#b",
    ])
    func isRefusedWhenMalformed(_ target: String) {
        if target == "//" {
            #expect(path(target) == "//")
        } else {
            #expect(path(target) == nil)
        }
    }

    /// RFC 9110 §4.2.2
    @Test func forHTTPSNeedsTLS() {
        #expect(refusal("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n") == "misdirectedRequest")
        #expect(path("https://a/b", isSecure: true) == "/b")
    }

    /// §3.2.4
    @Test func isAnAsteriskForOptionsOnly() {
        #expect(path("*", method: "OPTIONS") == "*")
        #expect(path("*") == nil)
    }

    /// RFC 3986 §5.2.4: resolved once, encoded dots included.
    @Test(arguments: [
        ("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/..", "/"), ("/../../x", "/x"), ("/a/b/..", "/a/"), ("/a/.", "/a/"),
        ("/a/%2e%2E/b", "/b"), ("/a/%2e", "/a/"), ("/a/...", "/a/..."), ("/a/.b", "/a/.b"), ("/a/..b", "/a/..b"),
        ("/a/%252e%252e/b", "/a/%2e%2e/b"), ("/a/..%2fb", "/a/../b"),
    ])
    func losesItsDotSegments(_ target: String, _ expected: String) {
        #expect(path(target) == expected)
    }

    /// RFC 3986 §2.4: never twice.
    @Test func isDecodedOnce() {
        #expect(path("/%41%c3%bc") == "/Aü")
        #expect(path("/%2541") == "/%41")
    }

    @Test func hasAQueryOfPairs() throws {
        let request = try HTTPRequest(.get, "/?a=1&b=%26+x&a=2&c&=d&&e==")
        let pairs = request.query.pairs.map { "\($0.name)=\($0.value ?? "nil")" }
        #expect(pairs == ["a=1", "b=& x", "a=2", "c=nil", "=d", "e=="])
        #expect(request.query["a"] == "1")
        #expect(request.query.all("a") == ["1", "2"])
        #expect(throws: HTTPError.self) { try request.query.single("a") }
    }
}
