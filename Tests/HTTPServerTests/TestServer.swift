import Dispatch
import Glibc
import HTTP
import HTTPTestSupport
import Locking
import Logging
import Telemetry
import Testing

@testable import HTTPServer

/// A server on a free port whose clock the test moves.
final class TestServer: Sendable {
    let server: HTTPServer
    let time = ManualTime()
    let addresses: [ListenerAddress]

    init(
        _ kind: EventLoopKind, routes: [Route] = TestRoutes.all,
        configure: Configuring = { _ in }
    ) throws {
        var configuration = HTTPServerConfiguration()
        configuration.eventLoop = kind
        configuration.loopCount = 2
        configuration.listeners = [.tcp(host: "127.0.0.1", port: 0)]
        configure(&configuration)
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        server = HTTPServer(
            configuration: configuration, responder: RouterResponder(Router(routes)), logger: logger, clock: time)
        addresses = try server.start()
    }

    func connect(_ index: Int = 0) throws -> RawClient {
        try RawClient(addresses[index])
    }

    /// Waits until so many bytes of clients have been read and dealt with.
    func settle(afterBytes count: UInt64) throws {
        try eventually { self.server.statistics.bytesReceived.value >= count }
        settle()
    }

    /// Waits until every connection has done what it was doing.
    func settle() {
        for connection in server.connections {
            let done = DispatchSemaphore(value: 0)
            connection.loop.post { done.signal() }
            done.wait()
        }
    }

    /// Drains in the background.
    func startDraining(finishing finish: @escaping @Sendable () async -> Void = {}) -> Draining {
        let draining = Draining()
        Task { [server] in
            draining.finish(await server.drain(deadline: .seconds(25), finishing: finish))
        }
        return draining
    }

    fileprivate func stop() throws {
        let draining = startDraining()
        // The clock stands still unless it is moved, and a drain waits for it.
        try eventually {
            time.advance(by: .milliseconds(100))
            return draining.isFinished
        }
    }
}

/// A drain under way.
final class Draining: Sendable {
    private let result = Lock<Bool?>(nil)

    var isFinished: Bool { result.withLock { $0 != nil } }

    func finish(_ isWhole: Bool) {
        result.withLock { $0 = isWhole }
    }

    /// Whether all connections had gone by themselves.
    func wait() -> Bool {
        try? eventually { isFinished }
        return result.withLock { $0 } ?? false
    }
}

/// Runs `body`, which may block, against a server of its own, and drains that afterwards.
func serving(
    _ kind: EventLoopKind, routes: [Route] = TestRoutes.all,
    configure: Configuring = { _ in },
    _ body: @escaping @Sendable (TestServer) throws -> Void
) async throws {
    let server = try TestServer(kind, routes: routes, configure: configure)
    try await onThread {
        defer { try? server.stop() }
        try body(server)
    }
}

/// Waits, without sleeping, for what other threads are about to do; a minute is a failure.
func eventually(_ condition: () -> Bool) throws {
    let clock = SystemTime()
    let deadline = clock.now() + 60_000_000_000
    while !condition() {
        guard clock.now() < deadline else { throw RawClient.Failure(description: "it did not happen within a minute") }
        sched_yield()
    }
}

enum TestRoutes {
    static let all = [
        Route(.get, "/hello") { _ in .text("hello") },
        Route(.get, "/later") { _ in
            await Task.yield()
            return .text("later")
        },
        Route(.post, "/echo") { request in .text(request.body.text) },
        Route(.post, "/small", body: .collected(max: 10)) { request in .text(request.body.text) },
        Route(.post, "/required", body: .collected(max: nil, required: true)) { request in .text(request.body.text) },
        Route(.post, "/count", body: .streamed) { request in
            var count = 0
            for try await piece in request.pieces { count += piece.count }
            return .text("\(count)")
        },
        Route(.post, "/through", body: .streamed) { request in
            HTTPResponse(
                body: .stream(
                    BodyStream { writer in for try await piece in request.pieces { try await writer.write(piece) } }))
        },
        Route(.post, "/early", body: .streamed) { _ in .text("early") },
        Route(.get, "/stream") { _ in
            HTTPResponse(
                body: .stream(
                    BodyStream { writer in
                        for index in 0..<3 { try await writer.write(HTTPBody("piece \(index) ")) }
                    }))
        },
        Route(.get, "/broken") { _ in
            HTTPResponse(
                body: .stream(
                    BodyStream { writer in
                        try await writer.write(HTTPBody("some"))
                        throw HTTPError(.internalError, "broken")
                    }))
        },
        Route(.get, "/large") { _ in
            HTTPResponse(type: "text/plain", HTTPBody([UInt8](repeating: 0x61, count: 8_000_000)))
        },
        Route(.get, "/pieces") { _ in
            HTTPResponse(
                body: .pieces([HTTPBody("a"), HTTPBody([UInt8](repeating: 0x62, count: 20_000)), HTTPBody("c")]))
        },
        Route(.get, "/id") { request in .text(request.id.description) },
        Route(.get, "/trap") { _ -> HTTPResponse in throw SomeDefect() },
    ]

    struct SomeDefect: Error {}
}

extension HTTPServer {
    /// All open connections.
    var connections: [Connection] { context.table.all }
}

/// Changes what a test's server is made with.
typealias Configuring = (inout HTTPServerConfiguration) -> Void
