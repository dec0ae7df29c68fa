import HTTP
import HTTPTestSupport
import Testing

@testable import HTTPServer

/// A server, on either event loop, …
struct ServingTests {
    @Test(arguments: EventLoopKind.allCases)
    func answersOneRequestAfterAnother(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            for path in ["hello", "later", "hello", "later"] {
                try client.send("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try client.receiveAnswer()
                #expect(answer.status == 200)
                #expect(answer.text == path)
                #expect(answer.field("content-type") == "text/plain; charset=utf-8")
                #expect(answer.field("date") != nil)
            }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func answersPipelinedRequestsInOrder(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            let paths = (0..<60).map { $0 % 3 == 0 ? "later" : "hello" }
            try client.send(paths.map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for path in paths { #expect(try client.receiveAnswer().text == path) }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func takesRequestsByteByByte(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            for byte in "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8
            {
                try client.send([byte])
            }
            #expect(try client.receiveAnswer().text == "abc")
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func takesLargeContent(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) & 0x7F }
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(content.count)\r\n\r\n")
            try client.send(content)
            #expect(try client.receiveAnswer().content == content)
            try client.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: \(content.count)\r\n\r\n")
            try client.send(content)
            #expect(try client.receiveAnswer().text == "3000000")
            try eventually { server.server.bodyBytes == 0 }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func sendsLargeAnswersToSlowReaders(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /pieces HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAnswer().content.count == 8_000_000)
            let pieces = try client.receiveAnswer().text
            #expect(pieces.count == 20_002)
            #expect(pieces.hasPrefix("ab") && pieces.hasSuffix("bc"))
        }
    }

    /// RFC 9110 §9.3.2
    @Test(arguments: EventLoopKind.allCases)
    func answersHeadWithoutContent(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            for path in ["hello", "stream", "large"] {
                try client.send("HEAD /\(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.receiveAnswer(hasContent: false).status == 200)
            }
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAnswer().text == "hello")
        }
    }

    /// RFC 9112 §7.1; HTTP/1.0 knows no chunks.
    @Test(arguments: EventLoopKind.allCases)
    func streamsAnswers(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.receiveAnswer()
            #expect(answer.field("transfer-encoding") == "chunked")
            #expect(answer.text == "piece 0 piece 1 piece 2 ")
            try client.send("GET /stream HTTP/1.0\r\n\r\n")
            let old = try client.receiveAll()
            #expect(old.contains("connection: close") && old.hasSuffix("\r\n\r\npiece 0 piece 1 piece 2 "))
        }
    }

    /// The answer is made of the content while that is still arriving.
    @Test(arguments: EventLoopKind.allCases)
    func streamsBothWaysAtOnce(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("POST /through HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
            _ = try client.receive(until: "3\r\none\r\n")
            try client.send("3\r\ntwo\r\n0\r\n\r\n")
            #expect(try client.receiveAll() == "3\r\ntwo\r\n0\r\n\r\n")
        }
    }

    /// What the handler does not read waits in the client's socket, not in memory.
    @Test(arguments: EventLoopKind.allCases)
    func holdsBackContentThatIsNotRead(_ kind: EventLoopKind) async throws {
        let gate = Gate()
        let route = Route(.post, "/slow", body: .streamed) { request in
            await gate.wait()
            var count = 0
            for try await piece in request.pieces { count += piece.count }
            return .text("\(count)")
        }
        try await serving(kind, routes: [route]) { server in
            let client = try server.connect()
            try client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 40000000\r\n\r\n")
            let sender = Draining()
            Task {
                let isSent: ()? = try? await onThread { try client.send([UInt8](repeating: 0x61, count: 40_000_000)) }
                sender.finish(isSent != nil)
            }
            try eventually { server.server.statistics.bytesReceived.value >= 262_144 }
            server.settle()
            server.settle()
            #expect(server.server.statistics.bytesReceived.value < 2_000_000)
            // However long the handler takes: the client is not to blame.
            server.time.advance(by: .seconds(300))
            server.settle()
            gate.open()
            #expect(try client.receiveAnswer().text == "40000000")
            #expect(sender.wait())
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func breaksOffAStreamThatFails(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n")
            let text = try client.receiveAll()
            #expect(text.hasSuffix("4\r\nsome\r\n"))
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func hidesDefects(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /trap HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.receiveAnswer()
            #expect(answer.status == 500)
            #expect(!answer.text.contains("SomeDefect"))
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func echoesOrMakesRequestIdentifiers(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /id HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-1\r\n\r\n")
            let given = try client.receiveAnswer()
            #expect(given.text == "mine-1" && given.field("x-request-id") == "mine-1")
            try client.send("GET /id HTTP/1.1\r\nHost: a\r\nX-Request-Id: not plain\r\n\r\n")
            let made = try client.receiveAnswer()
            #expect(made.text.count == 32 && made.field("x-request-id") == made.text)
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func listensOnUnixSocketsAndIPv6(_ kind: EventLoopKind) async throws {
        let path = "/tmp/strata-test-\(UInt64.random(in: .min ... .max)).sock"
        let configure: Configuring = {
            $0.listeners = [.tcp(host: "127.0.0.1", port: 0), .unix(path: path), .tcp(host: "::1", port: 0)]
        }
        try await serving(kind, configure: configure) { server in
            for index in 0..<3 {
                let client = try server.connect(index)
                try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.receiveAnswer().text == "hello")
            }
        }
    }
}
