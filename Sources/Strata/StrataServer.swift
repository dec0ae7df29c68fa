import API
import Access
import Dispatch
import Glibc
import HTTP
import HTTPServer
import Locking
import Service
import Synchronization
import Telemetry

/// A server with its models: wires the floors together, starts them in order and stops them in order.
///
/// ```swift
/// var classes = NetworkClasses()
/// classes.register("MyNetwork") { try MyNetwork(name: $0) }
/// try await StrataServer(ServerSettings(), classes: classes).run()
/// ```
public final class StrataServer: Sendable {
    /// What `/version` and `--version` tell.
    public static let version = "0.1.0"

    private let current: Lock<ServerSettings>
    private let sources: SettingsSources?
    private let registry: ModelRegistry
    private let jobs: JobRegistry
    private let http: HTTPServer
    private let log: LogSettings
    private let gate: Gate
    private let observers: Observers
    private let isReady: ReadyFlag

    /// A server with the settings of the command line, the environment and the file; it reads them again at SIGHUP.
    public convenience init(_ sources: SettingsSources, classes: NetworkClasses = NetworkClasses()) throws {
        try self.init(sources.settings(), classes: classes, sources: sources)
    }

    /// Opens the data directory and prepares the server, which does not listen yet.
    ///
    /// - Throws: `ServiceError.directoryInUse` when another process serves from the data directory; `SettingsError` for a
    ///   setting that cannot be.
    public convenience init(
        _ settings: ServerSettings = ServerSettings(), classes: NetworkClasses = NetworkClasses()
    ) throws {
        try self.init(settings, classes: classes, sources: nil)
    }

    private init(_ settings: ServerSettings, classes: NetworkClasses, sources: SettingsSources?) throws {
        if let refusal = BLAS.refusal { throw SettingsError(refusal) }
        // A file that may not grow is an error to report, not a reason to die.
        signal(SIGXFSZ, SIG_IGN)
        if let threads = settings.threads { ComputePool.shared.threads = threads }
        _ = ProcessMetrics.startTime
        current = Lock(settings)
        self.sources = sources
        // Settings first: one that cannot be must not touch the disk.
        log = try settings.logSettings()
        let configuration = try settings.httpConfiguration()
        gate = Gate(try settings.accessPolicy(at: SystemTime().now()))
        let metrics = MetricsRegistry()
        let tracer = try settings.tracer(version: StrataServer.version, logger: log.logger("strata.traces"))
        isReady = ReadyFlag()
        registry = try ModelRegistry(
            directory: settings.dataDirectory, classes: classes,
            limits: ServiceLimits(
                modelsMax: settings.modelsMax, parametersMax: settings.parametersMax, queueMax: settings.queueMax))
        let dataSets = try DataSetRegistry(of: registry)
        jobs = try JobRegistry(registry, dataSets, picturesFolder: settings.tensorboardDirectory)
        let service = APIService(
            registry: registry, dataSets: dataSets, jobs: jobs, version: StrataServer.version,
            uploadBytesMax: settings.uploadBytesMax, metrics: { metrics.render() },
            isReady: { [isReady] in isReady.value })
        let logger = log.logger("strata.api")
        let responder = APIResponder(service) { error, request in
            logger.error("\(error)", metadata: request.map(RequestRecord.details))
        }
        observers = Observers(responder.routes, settings, log: log, tracer: tracer)
        http = HTTPServer(
            configuration: configuration,
            responder: GuardedResponder(responder, gate: gate, record: observers.record),
            logger: log.logger("strata.http"))
        metrics.add { [observers] in observers.families() }
        let machine = MachineMetrics()
        metrics.add { ProcessMetrics.families() + machine.families() }
        metrics.add { [http, registry] in StrataServer.serverMetrics(http, tracer) + registry.metrics() }
    }

    /// Listens, brings the models back, and takes requests.
    ///
    /// - Returns: where it listens.
    public func start() async throws -> [ListenerAddress] {
        let addresses = try http.start()
        let logger = log.logger("strata.models")
        for (name, error) in await registry.load() {
            logger.error("model '\(name)' could not be brought back: \(error)")
        }
        for (id, error) in await jobs.load() { logger.error("job '\(id)' cannot go on: \(error)") }
        let settings = current.withLock { $0 }
        let isLocal = try settings.listeners().allSatisfy(\.isLocal)
        if settings.keysFile == nil, !isLocal, settings.anonymousScopes.isEmpty {
            log.logger("strata").notice(
                "anybody who reaches this server may read and call, nobody may change anything: see keys-file and anonymous"
            )
        }
        if settings.isDemo, registry.names().isEmpty {
            _ = try await registry.put("net", ModelSpec(["class_name": "TwoLayerNetwork", "seed": 1]))
        }
        isReady.value = true
        return addresses
    }

    /// Takes no more requests, answers those that have come, saves what is not saved, and lets go of the data directory.
    public func stop() async {
        isReady.value = false
        let deadline = current.withLock { $0 }.drainTimeoutSeconds
        await http.drain(deadline: .seconds(deadline)) { [jobs] in await jobs.close() }
        let logger = log.logger("strata.models")
        for (name, error) in await registry.close() { logger.error("model '\(name)' could not be saved: \(error)") }
        observers.flush()
    }

    /// Reads certificates, keys and settings again. What is wrong is logged and changes nothing; connections go on with the
    /// certificates and limits they have.
    public func reload() {
        let logger = log.logger("strata")
        do {
            try http.reloadCertificates()
            var settings = current.withLock { $0 }
            if let new = try sources?.settings() {
                for option in ServerOption.all where option.isReloadable { option.copy(from: new, to: &settings) }
                let waiting = ServerOption.all.filter { $0.texts(in: new) != $0.texts(in: settings) }.map(\.name)
                if !waiting.isEmpty {
                    logger.notice(
                        "settings wait for a restart", metadata: ["settings": "\(waiting.joined(separator: ", "))"])
                }
            }
            let (policy, level) = (
                try settings.accessPolicy(at: SystemTime().now()), try settings.logSettings().level
            )
            gate.policy = policy
            log.level = level
            http.setLimits(try settings.httpConfiguration().limits)
            observers.adjust(to: settings)
            current.withLock { [settings] in $0 = settings }
            logger.notice("reloaded certificates, keys and settings")
        } catch {
            logger.error("nothing could be reloaded, all stays as it is: \(error)")
        }
    }

    /// Starts, tells where it listens on standard output, reloads at SIGHUP, and stops at SIGTERM or SIGINT.
    public func run() async throws {
        let signals = ProcessSignals([SIGTERM, SIGINT, SIGHUP])
        let addresses = try await start()
        let settings = current.withLock { $0 }
        let isSecure = !settings.tlsCertificates.isEmpty
        for address in addresses {
            if case .unix = address {
                print("strata \(StrataServer.version) serves on \(address)")
            } else {
                print("strata \(StrataServer.version) serves on \(isSecure ? "https" : "http")://\(address)")
            }
        }
        fflush(nil)
        for await signal in signals.stream {
            guard signal == SIGHUP else { break }
            reload()
        }
        await stop()
    }
}

/// Whether the server takes requests.
private final class ReadyFlag: Sendable {
    private let flag = Atomic(false)

    var value: Bool {
        get { flag.load(ordering: .acquiring) }
        set { flag.store(newValue, ordering: .releasing) }
    }
}

/// Signals as they come, from the moment this is made.
private final class ProcessSignals {
    let stream: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    init(_ numbers: [Int32]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.stream = stream
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }
}
