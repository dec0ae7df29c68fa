import Testing

@testable import HTTP

/// The head of an answer …
struct ResponseEncoderTests {
    private func encode(
        _ headers: HTTPHeaders, _ status: HTTPStatus = .ok, count: Int? = 2, request: String = "HTTP/1.1\r\nHost: a"
    )
        -> String
    {
        var machine = ConnectionMachine(limits: HTTPLimits(), timeouts: HTTPTimeouts(), isSecure: false, at: 0)
        var offset = 0
        let bytes = Array("GET / \(request)\r\n\r\n".utf8)
        _ = machine.receive(bytes.span, from: &offset, at: 0)
        _ = machine.receive(bytes.span, from: &offset, at: 0)
        var date = DateLine()
        date.update(unixSeconds: 784_111_777)
        var output: [UInt8] = []
        ResponseEncoder(server: "strata").appendHead(
            status, headers, plan: machine.planResponse(status, count: count), date: date, id: .given("me"), to: &output
        )
        return String(decoding: output, as: UTF8.self)
    }

    @Test func saysDateServerTypeAndLength() {
        #expect(
            encode(["content-type": "text/plain"]) == """
                HTTP/1.1 200 OK\r
                date: Sun, 06 Nov 1994 08:49:37 GMT\r
                server: strata\r
                content-type: text/plain\r
                content-length: 2\r
                x-request-id: me\r
                \r

                """)
    }

    @Test func namesATypeForWhateverHasContent() {
        #expect(encode([:]).contains("content-type: application/octet-stream\r\n"))
        #expect(!encode([:], .noContent).contains("content-"))
    }

    @Test func leavesTheFramingToNoHandler() {
        let text = encode(["Content-Length": "7", "Transfer-Encoding": "x", "Connection": "y", "Date": "z"])
        #expect(!text.contains("7") || text.contains("08:49:37"))
        #expect(text.contains("content-length: 2\r\n"))
        #expect(!text.contains("Transfer-Encoding"))
        #expect(!text.contains("Connection"))
    }

    /// RFC 9110 §5.5: a value cannot begin a line of its own.
    @Test func cannotBeSplit() {
        let text = encode(["x": "a\r\nSet-Cookie: b", "bad name\r\n": "c"])
        #expect(text.contains("x: a  Set-Cookie: b\r\n"))
        #expect(!text.contains("bad name"))
    }

    @Test func tellsWhatBecomesOfTheConnection() {
        #expect(encode([:], request: "HTTP/1.0").contains("connection: close\r\n"))
        #expect(encode([:], request: "HTTP/1.0\r\nConnection: keep-alive").contains("connection: keep-alive\r\n"))
        #expect(!encode([:]).contains("connection:"))
        #expect(encode([:], count: nil).contains("transfer-encoding: chunked\r\n"))
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func writesDates(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate.string(fromUnixSeconds: seconds) == text)
        #expect(HTTPDate.unixSeconds(from: text) == seconds)
    }
}
