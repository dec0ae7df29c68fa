import Glibc
import HTTP
import Synchronization

/// One client's connection: moves bytes and time into the protocol machine and does what it decides.
///
/// Everything here runs on `loop`. What comes from elsewhere, such as a handler's late answer, is
/// posted there. The files beside this one hold reading, answering, streaming and closing.
final class Connection: SocketHandler, @unchecked Sendable {
    // Sendable because all variables are touched only on `loop`, one job at a time; `deadlineBits` and
    // `idleBits`, which the table reads, are atomic.

    let context: ServerContext
    let loop: any EventLoop
    let peer: String
    var transport: any Transport
    var watch: (any SocketWatch)?
    var machine: ConnectionMachine
    var information: ConnectionInformation
    var identifiers: RequestIdentifier.Generator

    /// Where the connection is in its life.
    enum Phase {
        /// TLS is being agreed on.
        case handshaking
        case open
        /// Nothing more is read; what is queued is still written, then comes `lingering`.
        case finishing
        /// The last answer is out; what still comes is thrown away until the client goes.
        case lingering
        case closed
    }
    var phase = Phase.open
    var handshakeInterest = Readiness()
    var isHandshakeRunning = false
    /// To be closed as soon as the handshake's step lets go of the socket.
    var isDoomed = false
    private(set) var descriptor: Int32?
    /// The client has stopped sending.
    var inputEnded = false

    /// Bytes read ahead of their turn.
    var inbox: [UInt8] = []
    var inboxStart = 0
    var output = OutputQueue()
    var current: Exchange?
    /// The last exchange, to be used again.
    private var spare: Exchange?
    var spareRequest: HTTPRequest?
    /// What is done once nothing is queued any more.
    var afterDrained: (() -> Void)?
    /// True while bytes run through the machine: an answer given meanwhile does not start that again.
    var isProcessing = false
    var isWaitingToWrite = false

    private let deadlineBits: Atomic<UInt64>
    private let idleBits = Atomic<UInt64>(0)

    init(context: ServerContext, loop: any EventLoop, transport: any Transport, peer: String, isSecure: Bool) {
        self.context = context
        self.loop = loop
        self.transport = transport
        self.peer = peer
        now = context.time.now()
        machine = ConnectionMachine(
            limits: context.limits, timeouts: context.configuration.timeouts, isSecure: isSecure, at: now)
        information = ConnectionInformation(peer: peer, isSecure: isSecure)
        identifiers = RequestIdentifier.Generator(prefix: context.identifierPrefix, seed: context.makeSeed())
        deadlineBits = Atomic(machine.deadline)
    }

    /// Registers the connection and waits for its first request. On the loop.
    ///
    /// - Parameter isRefused: whether there are too many already, and this one only learns that.
    func start(_ descriptor: Int32, isRefused: Bool) {
        guard let watch = loop.watch(descriptor, for: self) else {
            Glibc.close(descriptor)
            phase = .closed
            return
        }
        self.watch = watch
        self.descriptor = descriptor
        context.table.add(self)
        if context.isDraining { drain() }
        // Most clients send at once: try before waiting.
        enter {
            if isRefused {
                refuseOverloaded()
            } else if transport is TLSTransport {
                startHandshake()
            } else {
                readAvailable()
            }
        }
    }

    private func refuseOverloaded() {
        let error = HTTPError(
            .overloaded, "the server has as many connections as it takes; try again", headers: ["retry-after": "1"])
        respond(context.responder.errorResponse(for: error, request: nil))
    }

    /// When the table is to call `deadlineReached`. From any thread.
    var deadline: UInt64 { deadlineBits.load(ordering: .relaxed) }

    /// Since when the connection has been waiting for a request, `nil` while it is at work. From any thread.
    var idleSince: UInt64? {
        let since = idleBits.load(ordering: .relaxed)
        return since == 0 ? nil : since
    }

    func socketReady(_ readiness: Readiness) {
        enter {
            if readiness.contains(.hungUp) {
                close()
            } else if phase == .handshaking {
                continueHandshake()
            } else {
                if readiness.contains(.writable) { writable() }
                if readiness.contains(.readable) { readAvailable() }
            }
        }
    }

    /// The deadline may have come. From any thread.
    func deadlineReached() {
        loop.post { self.enter { self.checkDeadline() } }
    }

    /// Makes the request that has just begun the current one.
    func beginExchange(_ request: HTTPRequest, _ head: RequestHead) -> Exchange {
        // Somebody may still hold the last one: a handler that was not waited for, say.
        let exchange = isKnownUniquelyReferenced(&spare) ? spare ?? Exchange() : Exchange()
        spare = nil
        exchange.begin(request, head, at: now)
        current = exchange
        return exchange
    }

    func endExchange() {
        spareRequest = current?.end()
        spare = current
        current = nil
    }

    /// The time at which the running job began: reading the clock for each of its steps would cost more
    /// than it tells.
    private(set) var now: UInt64
    var scratch: LoopScratch { loop.scratch }
    var isWorking: Bool { phase != .closed }

    /// Runs a job of this connection and then does what every job ends with: write, wait, set the deadline.
    func enter(_ job: () -> Void) {
        guard isWorking else { return }
        now = context.time.now()
        job()
        guard isWorking, !isDoomed else { return }
        flush()
        guard isWorking else { return }
        updateInterest()
        deadlineBits.store(machine.deadline, ordering: .relaxed)
        idleBits.store(phase == .open && machine.isIdle && output.isEmpty ? now : 0, ordering: .relaxed)
    }

    private func updateInterest() {
        guard phase != .handshaking else {
            watch?.setInterest(isHandshakeRunning ? [] : handshakeInterest)
            return
        }
        var interest = Readiness()
        if wantsInput { interest.insert(transport.readWantsWritable ? .writable : .readable) }
        if !output.isEmpty { interest.insert(.writable) }
        watch?.setInterest(interest)
    }

    private var wantsInput: Bool {
        switch phase {
        case .open: mayReadMore
        case .lingering: true
        case .handshaking, .finishing, .closed: false
        }
    }
}
