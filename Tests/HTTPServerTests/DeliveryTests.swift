import Dispatch
import HTTP
import HTTPTestSupport
import Locking
import Testing

@testable import HTTPServer

/// An answer that is delivered without a task …
struct DeliveryTests {
    private typealias Deliver = @Sendable (Reply.Outcome) -> Void

    private struct Trouble: Error {}

    private func route(_ begin: @escaping @Sendable (@escaping Deliver) -> Void) -> Route {
        Route(
            .get, "/it",
            replying: { _ in
                .delivered { deliver in
                    begin(deliver)
                    return {}
                }
            })
    }

    private let request = "GET /it HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test(arguments: EventLoopKind.allCases)
    func mayComeAtOnce(_ kind: EventLoopKind) async throws {
        try await serving(kind, routes: [route { $0(.success(.text("now"))) }]) { server in
            let client = try server.connect()
            try client.send(request + request)
            for _ in 0..<2 { #expect(try client.receiveAnswer().text == "now") }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func mayComeFromAnotherThread(_ kind: EventLoopKind) async throws {
        let route = route { deliver in DispatchQueue.global().async { deliver(.success(.text("later"))) } }
        try await serving(kind, routes: [route]) { server in
            let client = try server.connect()
            try client.send(request + request + request)
            for _ in 0..<3 { #expect(try client.receiveAnswer().text == "later") }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func mayBeAnError(_ kind: EventLoopKind) async throws {
        let isFirst = Lock(true)
        let route = route { deliver in
            let isFirst = isFirst.withLock { first in
                defer { first = false }
                return first
            }
            if isFirst {
                deliver(.failure(HTTPError(.notFound, "gone")))
            } else {
                DispatchQueue.global().async { deliver(.failure(Trouble())) }
            }
        }
        try await serving(kind, routes: [route]) { server in
            let client = try server.connect()
            try client.send(request + request)
            #expect(try client.receiveAnswer().status == 404)
            #expect(try client.receiveAnswer().status == 500)
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func isCalledOffWhenItsConnectionEnds(_ kind: EventLoopKind) async throws {
        let (isBegun, isCalledOff) = (Lock(false), Lock(false))
        let route = Route(
            .get, "/it",
            replying: { _ in
                .delivered { _ in
                    isBegun.withLock { $0 = true }
                    return { isCalledOff.withLock { $0 = true } }
                }
            })
        try await serving(kind, routes: [route]) { server in
            let client = try server.connect()
            try client.send(request)
            try eventually { isBegun.withLock { $0 } }
            for connection in server.server.connections {
                connection.loop.post { connection.enter { connection.close() } }
            }
            try eventually { isCalledOff.withLock { $0 } }
        }
    }

    @Test func isAwaitedLikeAnyOther() async throws {
        let begin: @Sendable (@escaping Deliver) -> @Sendable () -> Void = { deliver in
            deliver(.success(.text("a")))
            return {}
        }
        #expect(
            try await Reply.delivered(begin).map { HTTPResponse(.created, body: $0.body) }.awaited().status == .created)
        #expect(Reply.delivered(begin).response == nil && Reply.now(.text("a")).response != nil)
    }
}
