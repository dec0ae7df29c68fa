import HTTP
import HTTPTestSupport
import Locking
import Testing

@testable import HTTPServer

/// A stream of events …
struct EventStreamTests {
    /// Sends one event, then waits until it is cancelled.
    private final class Quiet: Sendable {
        let isCancelled = Lock(false)

        var route: Route {
            Route(.get, "/events") { _ in
                .events { [self] writer in
                    try await writer.send(ServerSentEvent("one\ntwo", event: "progress", id: "1"))
                    await withTaskCancellationHandler {
                        while !Task.isCancelled { await Task.yield() }
                    } onCancel: {
                        isCancelled.withLock { $0 = true }
                    }
                    throw CancellationError()
                }
            }
        }

        var hasStopped: Bool { isCancelled.withLock { $0 } }
    }

    private let event = "event: progress\nid: 1\ndata: one\ndata: two\n\n"
    private let request = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test(arguments: EventLoopKind.allCases)
    func isKeptAliveByComments(_ kind: EventLoopKind) async throws {
        let quiet = Quiet()
        try await serving(kind, routes: [quiet.route]) { server in
            let client = try server.connect()
            try client.send(request)
            #expect(try client.receive(until: event + "\r\n").contains("content-type: text/event-stream\r\n"))
            server.settle()
            server.time.advance(by: .seconds(16))
            server.settle()
            server.time.advance(by: .seconds(16))
            #expect(try client.receive(until: ":\n\n\r\n") == "3\r\n:\n\n\r\n")
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func stopsWhenItsClientLeaves(_ kind: EventLoopKind) async throws {
        let quiet = Quiet()
        try await serving(kind, routes: [quiet.route]) { server in
            var client: RawClient? = try server.connect()
            try client?.send(request)
            _ = try client?.receive(until: event + "\r\n")
            client = nil
            try eventually {
                server.time.advance(by: .milliseconds(100))
                return quiet.hasStopped
            }
            try eventually { server.server.openConnections == 0 }
        }
    }

    /// What a stream tells of comes to its end first, and then the stream, with its last event.
    @Test(arguments: EventLoopKind.allCases)
    func bringsItsLastEventWhenTheServerDrains(_ kind: EventLoopKind) async throws {
        let isFinished = Lock(false)
        let route = Route(.get, "/events") { _ in
            .events { writer in
                try await writer.send(ServerSentEvent("first"))
                while !Task.isCancelled { await Task.yield() }
                try await writer.send(ServerSentEvent(isFinished.withLock { $0 } ? "last" : "early"))
            }
        }
        try await serving(kind, routes: [route]) { server in
            let client = try server.connect()
            try client.send(request)
            _ = try client.receive(until: "data: first\n\n\r\n")
            let draining = server.startDraining { isFinished.withLock { $0 = true } }
            #expect(try client.receive(until: "0\r\n\r\n").contains("data: last\n\n"))
            client.finishSending()
            #expect(draining.wait())
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func endsProperlyWhenTheServerDrains(_ kind: EventLoopKind) async throws {
        let quiet = Quiet()
        try await serving(kind, routes: [quiet.route]) { server in
            let client = try server.connect()
            try client.send(request)
            _ = try client.receive(until: event + "\r\n")
            let draining = server.startDraining()
            #expect(try client.receive(until: "0\r\n\r\n") == "0\r\n\r\n")
            client.finishSending()
            #expect(draining.wait())
        }
    }
}
