import Glibc
import HTTP
import Locking
import Logging
import Synchronization
import Telemetry

/// Serves HTTP/1.1 at its listeners until it is drained.
public final class HTTPServer: Sendable {
    let context: ServerContext
    private let state = Lock(State())

    private struct State {
        var loops: [EpollLoop] = []
        var acceptors: [Acceptor] = []
    }

    /// - Parameters:
    ///   - responder: answers every request, the broken ones included.
    ///   - clock: the time that timeouts go by.
    public init(
        configuration: HTTPServerConfiguration, responder: any Responder, logger: Logger,
        clock: any TimeSource = SystemTime()
    ) {
        context = ServerContext(configuration: configuration, responder: responder, logger: logger, time: clock)
    }

    /// Numbers for metrics.
    public var statistics: ServerStatistics { context.statistics }
    public var openConnections: Int { context.table.count }
    /// Bytes that the contents of requests hold right now.
    public var bodyBytes: Int { context.budget.bytesUsed }
    public var isDraining: Bool { context.isDraining }

    /// Opens the listeners and begins to accept.
    ///
    /// - Returns: where it listens; port 0 has become a real one.
    @discardableResult
    public func start() throws -> [ListenerAddress] {
        // A client that leaves while it is written to would otherwise end the process.
        signal(SIGPIPE, SIG_IGN)
        let configuration = context.configuration
        if let tls = configuration.tls { try loadCertificates(tls) }
        var sockets: [(socket: ListeningSocket, isSecure: Bool)] = []
        do {
            for address in configuration.listeners {
                sockets += try open(address).map { ($0, configuration.tls != nil) }
            }
            for address in configuration.plainListeners { sockets += try open(address).map { ($0, false) } }
            try start(sockets)
        } catch {
            for (socket, _) in sockets { socket.close() }
            throw error
        }
        return sockets.map(\.socket.address)
    }

    /// Reads the certificate files again: new connections get the new ones, the others keep theirs.
    ///
    /// - Throws: when they do not load; then nothing changes.
    public func reloadCertificates() throws {
        guard let tls = context.configuration.tls else { return }
        try loadCertificates(tls)
    }

    /// Sets what one request may ask of the server, from the next connection on.
    public func setLimits(_ limits: HTTPLimits) {
        context.limits = limits
    }

    /// Stops accepting, lets every request that has arrived be answered, and ends.
    ///
    /// - Parameters:
    ///   - deadline: when those who are still connected are cut off.
    ///   - finish: brings what streams of events tell of to its end; only then are these ended, after their last event.
    /// - Returns: whether all had gone by themselves.
    @discardableResult
    public func drain(deadline: Duration, finishing finish: @Sendable () async -> Void = {}) async -> Bool {
        context.startDraining()
        let acceptors = state.withLock { state in
            defer { state.acceptors = [] }
            return state.acceptors
        }
        for acceptor in acceptors { await acceptor.stop() }
        for connection in context.table.all { connection.loop.post { connection.enter { connection.drain() } } }
        let isCutOff = CutOff()
        let timer = context.time.schedule(at: context.time.now() &+ deadline.nanoseconds) { [context] in
            for connection in context.table.all {
                isCutOff.set()
                connection.loop.post { connection.close() }
            }
        }
        await finish()
        context.endEventStreams()
        for connection in context.table.all {
            connection.loop.post { connection.enter { connection.endEventStream() } }
        }
        await context.table.waitUntilEmpty()
        timer.cancel()
        let loops = state.withLock { state in
            defer { state.loops = [] }
            return state.loops
        }
        for loop in loops { loop.stop() }
        return !isCutOff.isSet
    }
}

extension HTTPServer {
    private func open(_ address: ListenerAddress) throws -> [ListeningSocket] {
        try ListeningSocket.open(
            address, backlog: context.configuration.backlog, reusesPort: context.configuration.reusesPort)
    }

    private func start(_ sockets: [(socket: ListeningSocket, isSecure: Bool)]) throws {
        let loops = try startLoops()
        let connectionsMax = min(
            context.configuration.connectionsMax, DescriptorLimit.connections(of: DescriptorLimit.raise()))
        let factory = ConnectionFactory(context: context, loops: loops, connectionsMax: connectionsMax)
        let acceptors = sockets.map { socket, isSecure in
            Acceptor(socket, on: factory.makeLoop(), context: context) { descriptor, peer in
                factory.open(descriptor, peer: peer, isSecure: isSecure)
            }
        }
        state.withLock { state in
            state.loops = loops
            state.acceptors = acceptors
        }
        for acceptor in acceptors { acceptor.start() }
    }

    private func startLoops() throws -> [EpollLoop] {
        guard context.configuration.eventLoop == .epoll else { return [] }
        return try (0..<max(1, context.configuration.loopCount)).map { _ in try EpollLoop() }
    }

    private func loadCertificates(_ configuration: TLSConfiguration) throws {
        let previous = context.tls.withLock { $0 }
        let loaded = try TLSContext(configuration, previous: previous)
        context.tls.withLock { $0 = loaded }
    }
}

/// Whether a drain had to cut connections off.
private final class CutOff: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() {
        flag.store(true, ordering: .relaxed)
    }
}
