import Glibc
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
        try await serving(kind, routes: [gate.route]) { server in
            let client = try server.connect()
            try client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            try eventually { gate.isWaiting }
            let draining = server.startDraining()
            try eventually { server.server.isDraining }
            gate.open()
            let text = try client.receiveAll()
            #expect(text.contains("connection: close\r\n") && text.hasSuffix("done"))
            client.finishSending()
            #expect(draining.wait())
            #expect(throws: (any Error).self) { try server.connect() }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func takesRequestsThatWereOnTheirWay(_ kind: EventLoopKind) async throws {
        try await serving(kind) { server in
            let client = try server.connect()
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAnswer().field("connection") == nil)
            let idle = try server.connect()
            try eventually { server.server.openConnections == 2 }
            let draining = server.startDraining()
            try eventually { server.server.isDraining }
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAll().contains("connection: close\r\n"))
            client.finishSending()
            try eventually {
                server.settle()
                server.time.advance(by: .milliseconds(100))
                return draining.isFinished
            }
            #expect(try idle.receiveAll() == "")
            #expect(draining.wait())
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func cutsOffWhoeverIsLeftAtTheDeadline(_ kind: EventLoopKind) async throws {
        let gate = Gate()
        try await serving(kind, routes: [gate.route]) { server in
            let client = try server.connect()
            try client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            try eventually { gate.isWaiting }
            let draining = server.startDraining()
            while server.server.openConnections > 0 {
                server.time.advance(by: .seconds(1))
                sched_yield()
            }
            #expect(!draining.wait())
            gate.open()
        }
    }
}

/// Holds handlers until it is opened.
final class Gate: Sendable {
    private let state = Lock((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    /// Waits, and then answers.
    var route: Route {
        Route(.get, "/wait") { [self] _ in
            await wait()
            return .text("done")
        }
    }

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
