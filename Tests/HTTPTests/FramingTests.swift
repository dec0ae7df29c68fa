import Testing

@testable import HTTP

/// RFC 9112 §6 and §3.2: the framing of a request …
struct FramingTests {
    private func refused(_ fields: String, version: String = "1.1", body: String = "") -> String? {
        refusal("POST / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n\r\n\(body)")
    }

    @Test func isItsContentLength() {
        let lines = transcript(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(lines.count == 5)
        #expect(lines[1] == "content abc")
    }

    @Test func isNothingWithoutLengthOrChunks() {
        #expect(transcript("POST / HTTP/1.1\r\nHost: a\r\n\r\n").last == "end")
        #expect(transcript("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").last == "end")
    }

    /// RFC 9110 §8.6
    @Test(arguments: [
        "", "-1", "+1", "1a", "0x1", "1 1", "1,1", "1, 1", "1.0", "9223372036854775808", "18446744073709551617",
        "\"1\"", "１",
    ])
    func refusesOtherLengths(_ length: String) {
        #expect(refused("Content-Length: \(length)", body: "a") == "malformedLength")
    }

    @Test func refusesSeveralLengths() {
        #expect(refused("Content-Length: 1\r\nContent-Length: 1", body: "a") == "malformedLength")
        #expect(refused("Content-Length: 1\r\ncontent-length: 2", body: "ab") == "malformedLength")
    }

    /// §6.1: what every smuggler starts with.
    @Test func refusesLengthWithChunks() {
        #expect(refused("Content-Length: 5\r\nTransfer-Encoding: chunked", body: "0\r\n\r\n") == "conflictingLength")
        #expect(refused("Transfer-Encoding: chunked\r\nContent-Length: 5", body: "0\r\n\r\n") == "conflictingLength")
        #expect(refused("Transfer-Encoding: x\r\nContent-Length: 5", body: "0\r\n\r\n") == "conflictingLength")
    }

    @Test(arguments: [
        "xchunked", "chunked, gzip", "chunked, chunked", "identity", "", "chunked,", ",chunked", "chunked;a=b",
        "\"chunked\"",
        "chunkedx", "chunked, identity", "gzip", "chunk\u{130}", "gz ip, chunked", "x y, chunked",
    ])
    func refusesOtherTransferCodings(_ coding: String) {
        #expect(refused("Transfer-Encoding: \(coding)", body: "0\r\n\r\n") == "malformedTransferCoding")
    }

    @Test func refusesSeveralTransferCodingFields() {
        let fields = "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"
        #expect(refused(fields, body: "0\r\n\r\n") == "malformedTransferCoding")
        #expect(
            refused("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", body: "0\r\n\r\n")
                == "malformedTransferCoding")
    }

    /// §6.1: a coding that is not understood, before chunked.
    @Test func doesNotImplementOtherCodings() {
        #expect(refused("Transfer-Encoding: gzip, chunked", body: "0\r\n\r\n") == "transferCodingNotImplemented")
    }

    @Test func takesChunkedInAnyCase() {
        #expect(refused("Transfer-Encoding: Chunked", body: "0\r\n\r\n") == nil)
        #expect(refused("transfer-encoding:\tCHUNKED \t", body: "0\r\n\r\n") == nil)
    }

    /// §6.1
    @Test func hasNoChunksInHTTP10() {
        #expect(refused("Transfer-Encoding: chunked", version: "1.0", body: "0\r\n\r\n") == "malformedTransferCoding")
    }

    /// §3.2
    @Test func needsOneHost() {
        #expect(refusal("GET / HTTP/1.1\r\n\r\n") == "missingHost")
        #expect(refusal("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == "repeatedHost")
        #expect(refusal("GET http://a/ HTTP/1.1\r\n\r\n") == "missingHost")
        #expect(refusal("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") == "repeatedHost")
    }

    @Test(arguments: [
        "a b", "a/b", "a@b", "a:b", "a:80:80", "a,b", "[::1", "::1", "[]", "[x]:80", "a?b", "a#b", "%zz", "a\\b",
    ])
    func refusesOtherHosts(_ host: String) {
        #expect(refusal("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == "malformedHost")
    }

    @Test(arguments: [
        "", "a", "a.b:80", "a:", "127.0.0.1:1", "[::1]", "[::ffff:1.2.3.4]:80", "a%20b", "[v1.x:y]", "A_b-c~",
    ])
    func takesHosts(_ host: String) {
        #expect(refusal("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == nil)
    }

    /// RFC 9110 §10.1.1
    @Test func meetsOneExpectation() {
        #expect(refused("Expect: 100-Continue") == nil)
        #expect(refused("Expect: something") == "expectationFailed")
        #expect(refused("Expect: 100-continue, x") == "expectationFailed")
        #expect(refused("Expect: something", version: "1.0") == nil)
    }

    @Test func isLimited() {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 4
        let head = "POST / HTTP/1.1\r\nHost: a\r\n"
        #expect(refusal(head + "Content-Length: 4\r\n\r\nabcd", limits: limits) == nil)
        #expect(refusal(head + "Content-Length: 5\r\n\r\nabcde", limits: limits) == "contentTooLarge")
        #expect(
            refusal(head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", limits: limits) == nil)
        #expect(
            refusal(head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", limits: limits)
                == "contentTooLarge")
    }

    @Test func isIncompleteWhenTheClientStops() {
        #expect(refused("Content-Length: 5", body: "abc") == "incompleteRequest")
        #expect(refusal("GET / HT") == "incompleteRequest")
        #expect(refused("Transfer-Encoding: chunked", body: "5\r\nab") == "incompleteRequest")
    }
}
