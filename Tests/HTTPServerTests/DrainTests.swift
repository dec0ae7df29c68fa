import HTTP
import HTTPTestSupport
import Locking
import Testing

@testable import HTTPServer

/// A server that drains …
struct DrainTests {
    @Test(arguments: EventLoopKind.allCases)
    func answersWhatItHasAcceptedAndSaysClose(_ kind: EventLoopKind) async throws {
        let gate = Gate()
        let route = Route(.get, "/wait") { _ in
            await gate.wait()
            return .text("done")
        }
        let server = try TestServer(kind, routes: [route])
        let client = try server.connect()
        try client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        try eventually { gate.isWaiting }
        let draining = Task { await server.server.drain(deadline: .seconds(25)) }
        try eventually { server.server.isDraining }
        gate.open()
        let text = try client.receiveAll()
        #expect(text.contains("connection: close\r\n") && text.hasSuffix("done"))
        #expect(await draining.value)
        #expect(throws: (any Error).self) { try server.connect() }
    }

    @Test(arguments: EventLoopKind.allCases)
    func takesRequestsThatWereOnTheirWay(_ kind: EventLoopKind) async throws {
        let server = try TestServer(kind)
        let client = try server.connect()
        try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receiveAnswer().field("connection") == nil)
        let idle = try server.connect()
        try eventually { server.server.openConnections == 2 }
        let draining = Task { await server.server.drain(deadline: .seconds(25)) }
        try eventually { server.server.isDraining }
        try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.receiveAll().contains("connection: close\r\n"))
        server.settle()
        server.time.advance(by: .seconds(1))
        #expect(try idle.receiveAll() == "")
        #expect(await draining.value)
    }

    @Test(arguments: EventLoopKind.allCases)
    func cutsOffWhoeverIsLeftAtTheDeadline(_ kind: EventLoopKind) async throws {
        let gate = Gate()
        let route = Route(.get, "/wait") { _ in
            await gate.wait()
            return .text("done")
        }
        let server = try TestServer(kind, routes: [route])
        let client = try server.connect()
        try client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        try eventually { gate.isWaiting }
        let draining = Task { await server.server.drain(deadline: .seconds(25)) }
        while server.server.openConnections > 0 {
            server.time.advance(by: .seconds(1))
            await Task.yield()
        }
        #expect(await draining.value == false)
        gate.open()
    }
}

/// Holds handlers until it is opened.
final class Gate: Sendable {
    private let state = Lock((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    var isWaiting: Bool { state.withLock { !$0.waiting.isEmpty } }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
