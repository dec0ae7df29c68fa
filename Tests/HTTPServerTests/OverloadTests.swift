import HTTP
import HTTPTestSupport
import Testing

@testable import HTTPServer

/// A server with more clients than it takes …
struct OverloadTests {
    @Test(arguments: EventLoopKind.allCases)
    func refusesThoseWhoAreTooMany(_ kind: EventLoopKind) async throws {
        let gate = Gate()
        let configure: Configuring = { $0.connectionsMax = 4 }
        try await serving(kind, routes: [gate.route], configure: configure) { server in
            let busy = try (0..<4).map { _ in try server.connect() }
            for client in busy { try client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n") }
            try eventually { server.server.statistics.requests.value == 4 }
            let refused = try server.connect()
            let text = try refused.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 503 ") && text.contains("retry-after: 1\r\n"))
            gate.open()
            for client in busy { #expect(try client.receiveAnswer().text == "done") }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func takesRoomFromThoseWhoAreIdle(_ kind: EventLoopKind) async throws {
        let configure: Configuring = { $0.connectionsMax = 4 }
        try await serving(kind, configure: configure) { server in
            let idle = try (0..<4).map { _ in try server.connect() }
            try eventually { server.server.openConnections == 4 }
            server.settle()
            // The one that finds no room makes some for the next.
            _ = try server.connect().receiveAll()
            try eventually { server.server.openConnections < 4 }
            let client = try server.connect()
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAnswer().text == "hello")
            #expect(try idle[0].receiveAll() == "")
        }
    }
}
