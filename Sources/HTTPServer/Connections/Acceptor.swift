import CLinux
import Glibc
import HTTP
import Synchronization

/// Accepts the connections of one listening socket and hands each to a loop.
final class Acceptor: SocketHandler, @unchecked Sendable {
    // Sendable because `watch` and `isPaused` are touched only on `loop`.
    private let socket: ListeningSocket
    private let loop: any EventLoop
    private let context: ServerContext
    private let open: @Sendable (_ descriptor: Int32, _ peer: String) -> Void
    private var watch: (any SocketWatch)?
    private var isPaused = false

    /// - Parameter open: takes over a connected descriptor, on whatever loop it chooses.
    init(
        _ socket: ListeningSocket, on loop: any EventLoop, context: ServerContext,
        open: @escaping @Sendable (_ descriptor: Int32, _ peer: String) -> Void
    ) {
        self.socket = socket
        self.loop = loop
        self.context = context
        self.open = open
    }

    func start() {
        loop.post { [self] in
            watch = loop.watch(socket.descriptor, for: self)
            watch?.setInterest(.readable)
        }
    }

    /// Takes in whoever has already connected and then closes the socket.
    func stop() async {
        await withCheckedContinuation { continuation in
            loop.post { [self] in
                guard let watch else { return continuation.resume() }
                self.watch = nil
                // With nothing in between: closing resets those who are not taken in.
                watch.close { [self] in
                    while acceptOne() {}
                    if case .unix(let path) = socket.address { unlink(path) }
                    continuation.resume()
                }
            }
        }
    }

    func socketReady(_ readiness: Readiness) {
        for _ in 0..<Self.acceptsPerTurn {
            guard !isPaused, acceptOne() else { return }
        }
    }

    private static let acceptsPerTurn = 64
    private static let pauseNanoseconds: UInt64 = 100_000_000

    /// - Returns: whether there may be another one.
    private func acceptOne() -> Bool {
        var address = SocketAddress()
        var descriptor: Int32 = -1
        address.withMutablePointer { descriptor = clinux_accept(socket.descriptor, $0, $1) }
        guard descriptor >= 0 else { return afterFailure(errno) }
        context.statistics.connectionsAccepted.add()
        if socket.isInternet {
            // Answers are written whole; waiting to fill packets would only delay them.
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        open(descriptor, address.text)
        return true
    }

    private func afterFailure(_ code: Int32) -> Bool {
        switch code {
        case EAGAIN, EWOULDBLOCK: return false
        // The client left before it was its turn; the next one may be there.
        case EINTR, ECONNABORTED, EPROTO: return true
        default:
            // Out of descriptors, most likely. The clients wait in the backlog; trying again at once would
            // only spin. A connection that ends gives one back, and so may something else soon.
            context.logger.warning("accept failed", metadata: ["error": "\(String(cString: strerror(code)))"])
            pause()
            return false
        }
    }

    private func pause() {
        guard !isPaused else { return }
        isPaused = true
        watch?.setInterest([])
        for connection in context.table.longestIdle(Self.reclaimed) { connection.reclaim() }
        let resume: @Sendable () -> Void = { [weak self] in
            guard let self else { return }
            loop.post { self.resume() }
        }
        context.table.atNextRemoval(resume)
        _ = context.time.schedule(at: context.time.now() &+ Self.pauseNanoseconds, resume)
    }

    private func resume() {
        guard isPaused else { return }
        isPaused = false
        watch?.setInterest(.readable)
    }

    /// Idle connections that make room when there is none.
    private static let reclaimed = 4
}
