import HTTP
import HTTPTestSupport
import Testing

@testable import HTTPServer

/// A server whose client is slow …
struct PatienceTests {
    @Test(arguments: EventLoopKind.allCases)
    func closesIdleConnections(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.receiveAnswer()
            server.settle()
            server.time.advance(by: .seconds(59))
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAnswer().status == 200)
            server.settle()
            server.time.advance(by: .seconds(61))
            #expect(try client.receiveAll() == "")
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func answers408ToSlowHeads(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /hello HTT")
            try server.settle(afterBytes: 14)
            server.time.advance(by: .seconds(14))
            try client.send("P")
            try server.settle(afterBytes: 15)
            server.time.advance(by: .seconds(2))
            let text = try client.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 408 ") && text.contains("connection: close"))
        }
    }

    @Test(arguments: EventLoopKind.allCases, ["echo", "count"])
    func answers408ToSlowContent(_ kind: EventLoopKind, _ path: String) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            let request = "POST /\(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"
            try client.send(request)
            try server.settle(afterBytes: UInt64(request.utf8.count))
            server.time.advance(by: .seconds(61))
            #expect(try client.receiveAll().hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func cutsOffThoseWhoDoNotRead(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            try eventually { server.server.statistics.bytesSent.value > 0 }
            // The system's buffers may take some more of the answer while time passes.
            try eventually {
                server.settle()
                server.time.advance(by: .seconds(61))
                return server.server.openConnections == 0
            }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func answersThoseWhoStopSending(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()
            let text = try client.receiveAll()
            #expect(text.contains("later") && text.hasSuffix("hello"))
            let broken = try server.connect()
            try broken.send("GET /hel")
            broken.finishSending()
            #expect(try broken.receiveAll().hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func survivesAbortsAtAnyByte(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let request = Array(
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
            for count in 0...request.count {
                let client = try server.connect()
                try client.send(Array(request[..<count]))
            }
            let client = try server.connect()
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAnswer().status == 200)
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func holdsBackThoseWhoSendAheadOfTheirAnswers(_ kind: EventLoopKind) async throws {
        let configure: Configuring = { $0.limits.pipelinedBytesMax = 4_096 }
        try await serving(kind, configure: configure) { server in
            let client = try server.connect()
            try client.send(String(repeating: "GET /later HTTP/1.1\r\nHost: a\r\n\r\n", count: 2_000))
            for _ in 0..<2_000 { #expect(try client.receiveAnswer().text == "later") }
        }
    }
}
