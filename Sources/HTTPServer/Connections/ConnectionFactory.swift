import Glibc
import HTTP
import Locking
import Synchronization

/// Makes a connection of each accepted socket: chooses its loop, puts TLS on it, or turns it away.
final class ConnectionFactory: Sendable {
    private let context: ServerContext
    private let loops: [EpollLoop]
    private let pool = ScratchPool()
    private let turn = Atomic<UInt>(0)
    private let connectionsMax: Int

    /// - Parameter loops: empty for the Dispatch backend, where each connection has its own.
    init(context: ServerContext, loops: [EpollLoop], connectionsMax: Int) {
        self.context = context
        self.loops = loops
        self.connectionsMax = connectionsMax
    }

    /// A loop: each in turn.
    func makeLoop() -> any EventLoop {
        guard !loops.isEmpty else { return DispatchLoop(pool: pool) }
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(index % UInt(loops.count))]
    }

    /// Takes a connected descriptor over. From any thread.
    func open(_ descriptor: Int32, peer: String, isSecure: Bool) {
        let count = context.table.count
        let isOverloaded = count >= connectionsMax
        if isOverloaded {
            context.statistics.connectionsRefused.add()
            // Who only keeps a connection for later makes room for who wants something now.
            for connection in context.table.longestIdle(Self.reclaimed) { connection.reclaim() }
            // Saying no takes a descriptor too; when even that is too much, or would take a handshake, it is not said.
            guard !isSecure, count < connectionsMax + Self.refusalsMax else {
                close(descriptor)
                return
            }
        }
        let loop = makeLoop()
        let job: @Sendable () -> Void = { [self] in start(descriptor, peer, isSecure, isOverloaded, loop) }
        if loop.isCurrent { job() } else { loop.post(job) }
    }

    private func start(
        _ descriptor: Int32, _ peer: String, _ isSecure: Bool, _ isOverloaded: Bool, _ loop: any EventLoop
    ) {
        guard let transport = makeTransport(descriptor, isSecure) else {
            close(descriptor)
            return
        }
        let connection = Connection(
            context: context, loop: loop, transport: transport, peer: peer, isSecure: isSecure)
        connection.start(descriptor, isRefused: isOverloaded)
    }

    private func makeTransport(_ descriptor: Int32, _ isSecure: Bool) -> (any Transport)? {
        guard isSecure else { return PlainTransport(descriptor) }
        return context.tls.withLock { $0 }.flatMap { TLSTransport(descriptor, $0) }
    }

    private static let reclaimed = 4
    private static let refusalsMax = 32
}
