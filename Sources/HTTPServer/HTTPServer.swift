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
    private let nextConnection = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    private struct State {
        var loops: [EpollLoop] = []
        var acceptors: [Acceptor] = []
        var isStarted = false
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
        var sockets: [ListeningSocket] = []
        do {
            for address in configuration.listeners {
                sockets += try ListeningSocket.open(
                    address, backlog: configuration.backlog, reusesPort: configuration.reusesPort)
            }
            let loops = try startLoops()
            let acceptors = sockets.map { makeAcceptor($0, loops) }
            state.withLock { state in
                state.loops = loops
                state.acceptors = acceptors
                state.isStarted = true
            }
            for acceptor in acceptors { acceptor.start() }
        } catch {
            for socket in sockets { socket.close() }
            throw error
        }
        return sockets.map(\.address)
    }

    /// Stops accepting, lets every request that has arrived be answered, and ends.
    ///
    /// - Parameter deadline: when those who are still connected are cut off.
    /// - Returns: whether all had gone by themselves.
    @discardableResult
    public func drain(deadline: Duration) async -> Bool {
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
    private func startLoops() throws -> [EpollLoop] {
        guard context.configuration.eventLoop == .epoll else { return [] }
        return try (0..<max(1, context.configuration.loopCount)).map { _ in try EpollLoop() }
    }

    private func makeAcceptor(_ socket: ListeningSocket, _ loops: [EpollLoop]) -> Acceptor {
        let pool = ScratchPool()
        let acceptLoop: any EventLoop = loops.first ?? DispatchLoop(pool: pool)
        let turn = Turn()
        return Acceptor(socket, on: acceptLoop, context: context) { [self] descriptor, peer in
            let loop: any EventLoop = loops.isEmpty ? DispatchLoop(pool: pool) : loops[turn.next(below: loops.count)]
            let seed = nextConnection.wrappingAdd(0x632B_E59B_D9B4_E019, ordering: .relaxed).newValue
            let open: @Sendable () -> Void = { [context] in
                let connection = Connection(
                    context: context, loop: loop, transport: PlainTransport(descriptor), peer: peer, isSecure: false,
                    seed: seed)
                connection.start(descriptor)
            }
            if loop.isCurrent { open() } else { loop.post(open) }
        }
    }
}

/// Gives each in turn.
private final class Turn: Sendable {
    private let count = Atomic(0)

    func next(below limit: Int) -> Int {
        let value = count.wrappingAdd(1, ordering: .relaxed).oldValue
        return Int(UInt(bitPattern: value) % UInt(limit))
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
