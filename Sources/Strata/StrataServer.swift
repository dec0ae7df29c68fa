import API
import Dispatch
import Glibc
import HTTP
import HTTPServer
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

    private let settings: ServerSettings
    private let registry: ModelRegistry
    private let jobs: JobRegistry
    private let http: HTTPServer
    private let log: LogSettings
    private let isReady: ReadyFlag

    /// Opens the data directory and prepares the server, which does not listen yet.
    ///
    /// - Throws: `ServiceError.directoryInUse` when another process serves from the data directory; `SettingsError` for a
    ///   setting that cannot be.
    public init(_ settings: ServerSettings = ServerSettings(), classes: NetworkClasses = NetworkClasses()) throws {
        if let refusal = BLAS.refusal { throw SettingsError(refusal) }
        // A file that may not grow is an error to report, not a reason to die.
        signal(SIGXFSZ, SIG_IGN)
        if let threads = settings.threads { ComputePool.shared.threads = threads }
        self.settings = settings
        // Settings first: one that cannot be must not touch the disk.
        log = try settings.logSettings()
        let configuration = try settings.httpConfiguration()
        isReady = ReadyFlag()
        registry = try ModelRegistry(
            directory: settings.dataDirectory, classes: classes,
            limits: ServiceLimits(
                modelsMax: settings.modelsMax, parametersMax: settings.parametersMax, queueMax: settings.queueMax))
        let dataSets = try DataSetRegistry(of: registry)
        jobs = try JobRegistry(registry, dataSets)
        let service = APIService(
            registry: registry, dataSets: dataSets, jobs: jobs, version: StrataServer.version,
            uploadBytesMax: settings.uploadBytesMax
        ) { [isReady] in isReady.value }
        let logger = log.logger("strata.api")
        let responder = APIResponder(service) { error, request in
            logger.error("\(error)", metadata: request.map { ["request": "\($0.id)", "path": "\($0.path)"] })
        }
        http = HTTPServer(
            configuration: configuration, responder: responder, logger: log.logger("strata.http"))
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
        if settings.isDemo, registry.names().isEmpty {
            _ = try await registry.put("net", ModelSpec(["class_name": "TwoLayerNetwork", "seed": 1]))
        }
        isReady.value = true
        return addresses
    }

    /// Takes no more requests, answers those that have come, saves what is not saved, and lets go of the data directory.
    public func stop() async {
        isReady.value = false
        // Jobs end first, and with them the streams of their events, which the requests that are drained may be.
        async let drained = http.drain(deadline: .seconds(settings.drainTimeoutSeconds))
        await jobs.close()
        _ = await drained
        let logger = log.logger("strata.models")
        for (name, error) in await registry.close() { logger.error("model '\(name)' could not be saved: \(error)") }
    }

    /// Reads the certificates again; connections go on with those they have.
    public func reload() {
        do {
            try http.reloadCertificates()
            log.logger("strata").notice("reloaded certificates")
        } catch {
            log.logger("strata").error("certificates could not be reloaded, the old ones stay: \(error)")
        }
    }

    /// Starts, tells where it listens on standard output, reloads at SIGHUP, and stops at SIGTERM or SIGINT.
    public func run() async throws {
        let signals = ProcessSignals([SIGTERM, SIGINT, SIGHUP])
        let addresses = try await start()
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

/// A setting that cannot be, with the sentence that says why.
public struct SettingsError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

extension ServerSettings {
    func httpConfiguration() throws(SettingsError) -> HTTPServerConfiguration {
        guard let kind = EventLoopKind(rawValue: eventLoop) else {
            throw SettingsError(
                "event-loop must be one of \(EventLoopKind.allCases.map(\.rawValue).joined(separator: ", ")), but it is '\(eventLoop)'"
            )
        }
        var configuration = HTTPServerConfiguration()
        let addresses = try listeners()
        let isUnix = { (address: ListenerAddress) in if case .unix = address { true } else { false } }
        configuration.listeners = addresses.filter { !isUnix($0) }
        configuration.plainListeners = addresses.filter(isUnix)
        configuration.tls = try tls()
        configuration.reusesPort = reusesPort
        configuration.eventLoop = kind
        configuration.loopCount = loops
        configuration.connectionsMax = connectionsMax
        configuration.bodyMemoryMax = bodyMemoryMax
        configuration.limits.headerBytesMax = headerBytesMax
        configuration.limits.headersMax = headersMax
        configuration.limits.targetBytesMax = targetBytesMax
        configuration.limits.bodyBytesMax = bodyBytesMax
        configuration.timeouts.header = .seconds(headerTimeoutSeconds)
        configuration.timeouts.body = .seconds(bodyTimeoutSeconds)
        configuration.timeouts.bodyDeadline = .seconds(bodyDeadlineSeconds)
        configuration.timeouts.idle = .seconds(idleTimeoutSeconds)
        configuration.timeouts.write = .seconds(writeTimeoutSeconds)
        return configuration
    }

    /// What systemd handed over, else what `listen` names, else the one address.
    private func listeners() throws(SettingsError) -> [ListenerAddress] {
        let inherited = SystemdSockets.inherited()
        if !inherited.isEmpty { return inherited }
        if listen.isEmpty { return [.tcp(host: host, port: port)] }
        var addresses: [ListenerAddress] = []
        for text in listen {
            if text.hasPrefix("unix:") {
                addresses.append(.unix(path: String(text.dropFirst(5))))
            } else if let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65_535).contains(port), colon != text.startIndex
            {
                let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
                addresses.append(.tcp(host: host, port: port))
            } else {
                throw SettingsError("listen must be host:port or unix:/path, but it is '\(text)'")
            }
        }
        return addresses
    }

    private func tls() throws(SettingsError) -> TLSConfiguration? {
        guard tlsCertificates.count == tlsKeys.count else {
            throw SettingsError(
                "each tls-cert needs its tls-key, but there are \(tlsCertificates.count) and \(tlsKeys.count)")
        }
        guard !tlsCertificates.isEmpty else {
            if tlsClientAuthorities != nil { throw SettingsError("tls-client-ca needs a tls-cert") }
            return nil
        }
        var configuration = TLSConfiguration(
            certificates: zip(tlsCertificates, tlsKeys).map { .init(chainFile: $0, keyFile: $1) })
        switch (tlsClientAuthorities, requiresClientCertificate) {
        case (let file?, true): configuration.clientCertificates = .required(authoritiesFile: file)
        case (let file?, false): configuration.clientCertificates = .optional(authoritiesFile: file)
        case (nil, true): throw SettingsError("tls-client-required needs a tls-client-ca")
        case (nil, false): break
        }
        return configuration
    }

    func logSettings() throws(SettingsError) -> LogSettings {
        guard let level = LogSettings.Level(rawValue: logLevel) else {
            throw SettingsError(
                "log-level must be one of \(LogSettings.Level.allCases.map(\.rawValue).joined(separator: ", ")), but it is '\(logLevel)'"
            )
        }
        guard let format = LogSettings.Format(rawValue: logFormat) else {
            throw SettingsError(
                "log-format must be one of \(LogSettings.Format.allCases.map(\.rawValue).joined(separator: ", ")), but it is '\(logFormat)'"
            )
        }
        return LogSettings(format: format, level: level)
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
