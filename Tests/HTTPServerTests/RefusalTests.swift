import HTTP
import HTTPTestSupport
import Testing

@testable import HTTPServer

/// A server that must refuse a request …
struct RefusalTests {
    @Test(arguments: EventLoopKind.allCases)
    func refusesBrokenOnesAndCloses(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let broken = [
                "GET / HTTP/1.1\r\n\r\n": 400, "GET / HTTP/2.0\r\nHost: a\r\n\r\n": 505, "GET /\r\n\r\n": 400,
                "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n": 417,
                "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\nHost: a\r\n\r\n": 414,
                "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n": 431,
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n": 400,
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n": 501,
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n": 413,
            ]
            for (request, status) in broken {
                let client = try server.connect()
                try client.send(request)
                let text = try client.receiveAll()
                #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(request.prefix(60))")
                #expect(text.contains("connection: close\r\n"))
                #expect(text.contains("content-type: application/problem+json\r\n"))
            }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func goesOnBehindWellFramedOnes(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            let refused = [
                "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n": 404,
                "DELETE /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc": 405,
                "FOO /hello HTTP/1.1\r\nHost: a\r\n\r\n": 501,
                "POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n": 404,
                "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n01234567890": 413,
                "POST /required HTTP/1.1\r\nHost: a\r\n\r\n": 411,
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\na": 415,
            ]
            for (request, status) in refused {
                try client.send(request)
                #expect(try client.receiveAnswer().status == status)
            }
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAnswer().text == "hello")
        }
    }

    /// RFC 9112 §9.6: the answer is read although the client goes on sending.
    @Test(arguments: EventLoopKind.allCases)
    func lingersUntilItsAnswerIsRead(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n")
            try client.send([UInt8](repeating: 0x61, count: 9_000_000))
            client.finishSending()
            #expect(try client.receiveAll().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func refusesChunksBeyondTheLimit(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send(
                "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n3\r\nabc\r\n")
            let text = try client.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 413 ") && text.contains("connection: close"))
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func refusesContentBeyondTheBudget(_ kind: EventLoopKind) async throws {
        let configure: Configuring = { $0.bodyMemoryMax = 100_000 }
        try await serving(kind, configure: configure) { server in
            let large = try server.connect()
            try large.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n")
            try large.send([UInt8](repeating: 0x61, count: 200_000))
            #expect(try large.receiveAnswer().status == 413)

            // Two that fit alone but not together.
            let first = try server.connect()
            try first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n")
            try first.send([UInt8](repeating: 0x61, count: 80_000))
            try eventually { server.server.bodyBytes > 70_000 }
            let second = try server.connect()
            try second.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n")
            try second.send([UInt8](repeating: 0x61, count: 90_000))
            let answer = try second.receiveAnswer()
            #expect(answer.status == 503 && answer.field("retry-after") == "1")
            try first.send([UInt8](repeating: 0x61, count: 10_000))
            #expect(try first.receiveAnswer().status == 200)
        }
    }

    /// RFC 9110 §10.1.1
    @Test(arguments: EventLoopKind.allCases)
    func asksForContentOnlyWhenItWillReadIt(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            for path in ["echo", "count"] {
                let client = try server.connect()
                try client.send(
                    "POST /\(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
                #expect(try client.receiveAnswer(hasContent: false).status == 100)
                try client.send("abc")
                #expect(try client.receiveAnswer().status == 200)
            }
            for (path, status) in ["small": 413, "nothing": 404, "early": 200] {
                let client = try server.connect()
                try client.send(
                    "POST /\(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 30\r\n\r\n")
                let text = try client.receiveAll()
                #expect(text.hasPrefix("HTTP/1.1 \(status) ") && text.contains("connection: close"))
            }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func answersHandlersThatDoNotReadTheirContent(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            for _ in 0..<3 {
                try client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                #expect(try client.receiveAnswer().text == "early")
            }
            try client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\nabc")
            #expect(try client.receiveAll().contains("connection: close"))
        }
    }
}
