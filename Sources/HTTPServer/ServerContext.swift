import HTTP
import Locking
import Logging
import Synchronization
import Telemetry

/// What all connections of a server share.
final class ServerContext: Sendable {
    let configuration: HTTPServerConfiguration
    let responder: any Responder
    let logger: Logger
    let time: any TimeSource
    let budget: MemoryBudget
    let encoder: ResponseEncoder
    let table: ConnectionTable
    let statistics = ServerStatistics()
    let identifierPrefix = UInt64.random(in: .min ... .max)
    /// What new connections are secured with.
    let tls = Lock<TLSContext?>(nil)
    private let nextSeed = Atomic<UInt64>(UInt64.random(in: .min ... .max))
    private let draining = Atomic(false)
    private let endingEventStreams = Atomic(false)
    private let currentLimits: Lock<HTTPLimits>

    init(configuration: HTTPServerConfiguration, responder: any Responder, logger: Logger, time: any TimeSource) {
        self.configuration = configuration
        currentLimits = Lock(configuration.limits)
        self.responder = responder
        self.logger = logger
        self.time = time
        budget = MemoryBudget(bytesMax: configuration.bodyMemoryMax ?? MemoryBudget.defaultBytesMax)
        encoder = ResponseEncoder(server: configuration.serverHeader)
        table = ConnectionTable(time: time, shortest: configuration.timeouts.shortest)
    }

    /// Where the request identifiers of a new connection begin.
    func makeSeed() -> UInt64 {
        nextSeed.wrappingAdd(0x632B_E59B_D9B4_E019, ordering: .relaxed).newValue
    }

    /// Of new connections; those there are keep theirs.
    var limits: HTTPLimits {
        get { currentLimits.withLock { $0 } }
        set { currentLimits.withLock { $0 = newValue } }
    }

    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func startDraining() {
        draining.store(true, ordering: .relaxed)
    }

    /// Whether streams of events are to end: of a server that drains, once all that they tell of has come to its end.
    var endsEventStreams: Bool { endingEventStreams.load(ordering: .relaxed) }

    func endEventStreams() {
        endingEventStreams.store(true, ordering: .relaxed)
    }
}

/// Numbers about a server, counted without locks.
public final class ServerStatistics: Sendable {
    public let connectionsAccepted = Counter()
    public let connectionsRefused = Counter()
    public let requests = Counter()
    /// Requests that were refused before a handler saw them.
    public let requestsRefused = Counter()
    public let bytesReceived = Counter()
    public let bytesSent = Counter()
}

extension HTTPTimeouts {
    /// No deadline is ever set closer than this.
    var shortest: UInt64 {
        [header, body, bodyDeadline, idle, write, linger, lingerDeadline].map(\.nanoseconds).min() ?? 1_000_000_000
    }
}
