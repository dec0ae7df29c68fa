import Testing

@testable import HTTP

/// RFC 9110 §13 and §14: a conditional answer …
struct ConditionalResponseTests {
    private let modified: Int64 = 784_111_777
    private let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private let later = "Sun, 06 Nov 1994 08:49:38 GMT"
    private let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"

    private func answer(_ fields: HTTPHeaders, method: HTTPMethod = .get, tag: EntityTag = EntityTag("a")) throws
        -> String
    {
        let request = try HTTPRequest(method, "/", headers: fields)
        do {
            let response = try HTTPResponse.conditional(
                request, type: "text/plain", content: .bytes(HTTPBody("0123456789")), tag: tag, modified: modified)
            guard case .bytes(let body) = response.body else { return "\(response.status.code)" }
            return "\(response.status.code) \(body.text)"
        } catch {
            return "\(error.status.code) \(error.headers["content-range"] ?? "")"
        }
    }

    @Test(arguments: [
        (#""a""#, "304"), (#"W/"a""#, "304"), (#""b", "a""#, "304"), ("*", "304"), (#""b""#, "200 0123456789"),
        ("a", "200 0123456789"),
    ])
    func isNotSentToWhoHasIt(_ tags: String, _ expected: String) throws {
        #expect(try answer(["if-none-match": tags]) == expected)
        // §13.1.3: the tag goes before the date.
        #expect(try answer(["if-none-match": tags, "if-modified-since": earlier]) == expected)
    }

    @Test func isNotSentWhenNothingChanged() throws {
        #expect(try answer(["if-modified-since": date]) == "304")
        #expect(try answer(["if-modified-since": later]) == "304")
        #expect(try answer(["if-modified-since": earlier]) == "200 0123456789")
        #expect(try answer(["if-modified-since": "yesterday"]) == "200 0123456789")
    }

    @Test func failsForWhoKnowsAnotherState() throws {
        #expect(try answer(["if-match": #""a""#]) == "200 0123456789")
        #expect(try answer(["if-match": "*"]) == "200 0123456789")
        #expect(try answer(["if-match": #"W/"a""#]) == "412 ")
        #expect(try answer(["if-match": #""b""#]) == "412 ")
        #expect(try answer(["if-unmodified-since": earlier]) == "412 ")
        #expect(try answer(["if-unmodified-since": date]) == "200 0123456789")
        #expect(try answer(["if-none-match": "*"], method: .put) == "412 ")
    }

    @Test(arguments: [
        ("bytes=0-3", "206 0123"), ("bytes=7-", "206 789"), ("bytes=-3", "206 789"), ("bytes=-30", "206 0123456789"),
        ("bytes=5-500", "206 56789"), ("bytes=9-9", "206 9"), ("bytes=10-", "416 bytes */10"),
        ("bytes=-0", "416 bytes */10"),
        ("bytes=3-2", "200 0123456789"), ("bytes=a-b", "200 0123456789"), ("bytes=-", "200 0123456789"),
        ("lines=1-2", "200 0123456789"), ("bytes=0-1,3-4", "200 0123456789"), ("bytes", "200 0123456789"),
        ("bytes=0-99999999999999999999", "206 0123456789"), ("bytes=99999999999999999999-", "416 bytes */10"),
    ])
    func isCutToARange(_ range: String, _ expected: String) throws {
        #expect(try answer(["range": range]) == expected)
    }

    /// §13.1.5
    @Test func isCutOnlyIfItIsStillTheSame() throws {
        #expect(try answer(["range": "bytes=0-1", "if-range": #""a""#]) == "206 01")
        #expect(try answer(["range": "bytes=0-1", "if-range": #""b""#]) == "200 0123456789")
        #expect(try answer(["range": "bytes=0-1", "if-range": #"W/"a""#]) == "200 0123456789")
        #expect(try answer(["range": "bytes=0-1", "if-range": date]) == "206 01")
        #expect(try answer(["range": "bytes=0-1", "if-range": later]) == "200 0123456789")
    }

    @Test func writesEvents() {
        let event = ServerSentEvent("a\r\nb\rc\n", event: "x\ny", id: "1\0", retryMilliseconds: 5)
        #expect(event.text == "event: xy\nid: 1\nretry: 5\ndata: a\ndata: b\ndata: c\ndata: \n\n")
    }

    @Test func sharesBytesWithItsParts() {
        let body = HTTPBody("0123456789").part(2..<8)
        #expect(body.text == "234567")
        #expect(body.part(1..<3).text == "34")
        #expect(body.part(0..<6) === body)
        #expect(body.part(4..<99).text == "67")
    }
}
