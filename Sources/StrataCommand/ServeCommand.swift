import ArgumentParser
import Strata

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the models of a data directory over HTTP.",
        discussion: """
            Prints one line with the address when it is ready. SIGTERM drains: what was accepted is answered, models with \
            unsaved steps are saved, and the exit status is 0. Every option has a twin in the environment: --port is \
            STRATA_PORT. Times are in seconds, sizes in bytes.
            """)

    @Option(help: "The address to listen on. (default: 127.0.0.1)")
    var host: String?
    @Option(help: "The port to listen on, 0 for any free one. (default: 8080)")
    var port: Int?
    @Option(help: "host:port, [::1]:port or unix:/path; instead of --host and --port, and as often as wanted.")
    var listen: [String] = []
    @Flag(help: "Let other processes listen at the same addresses.")
    var reusePort = false
    @Option(help: "A certificate chain in a PEM file, for TLS; several for several server names.")
    var tlsCert: [String] = []
    @Option(help: "The key of the certificate, in the same order.")
    var tlsKey: [String] = []
    @Option(help: "Authorities, in a PEM file, whose clients' certificates are taken.")
    var tlsClientCa: String?
    @Flag(help: "Refuse clients without a certificate.")
    var tlsClientRequired = false
    @Option(help: "Where models and checkpoints are kept. (default: ./data)")
    var dataDir: String?
    @Flag(help: "Put the model 'net', the documentation's TwoLayerNetwork, into an empty data directory.")
    var demo = false
    @Option(help: "Threads that compute. (default: one per core)")
    var threads: Int?
    @Option(help: "trace, debug, info, notice, warning, error or critical. (default: info)")
    var logLevel: String?
    @Option(help: "text or json. (default: text)")
    var logFormat: String?

    @Option(help: "What waits for sockets: epoll or dispatch. (default: epoll)")
    var eventLoop: String?
    @Option(help: "Threads that run event loops. (default: 1)")
    var loops: Int?
    @Option(help: "All header lines of a request together. (default: 32768)")
    var maxHeaderBytes: Int?
    @Option(help: "Header lines of a request. (default: 100)")
    var maxHeaders: Int?
    @Option(help: "The target of a request. (default: 8192)")
    var maxTargetBytes: Int?
    @Option(help: "The body of a request, after decompression too. (default: 268435456)")
    var maxBodyBytes: Int?
    @Option(help: "A checkpoint or data set that is sent to the server. (default: 17179869184)")
    var maxUploadBytes: Int?
    @Option(help: "The bodies of all requests together. (default: a quarter of the memory)")
    var maxBodyMemory: Int?
    @Option(help: "Connections at a time. (default: 20000)")
    var maxConnections: Int?
    @Option(help: "For the head of a request. (default: 15)")
    var headerTimeout: Double?
    @Option(help: "For a body, without progress. (default: 60)")
    var bodyTimeout: Double?
    @Option(help: "For a body, all in all. (default: 600)")
    var bodyDeadline: Double?
    @Option(help: "Between requests. (default: 60)")
    var idleTimeout: Double?
    @Option(help: "For an answer, without progress. (default: 60)")
    var writeTimeout: Double?
    @Option(help: "For a drain, before connections are cut off. (default: 25)")
    var drainTimeout: Double?
    @Option(help: "Models at a time. (default: 1000)")
    var maxModels: Int?
    @Option(help: "Parameters of one model. (default: a sixteenth of the memory's bytes)")
    var maxParameters: Int?
    @Option(help: "Calls that may wait for one model. (default: 1024)")
    var queueLimit: Int?

    func settings(_ environment: SettingsEnvironment) throws -> ServerSettings {
        var settings = ServerSettings()
        try environment.read("host", host, into: &settings.host)
        try environment.read("port", port, into: &settings.port, 0...65_535)
        try environment.read("listen", listen, into: &settings.listen)
        try environment.read("reuse-port", reusePort ? true : nil, into: &settings.reusesPort)
        try environment.read("tls-cert", tlsCert, into: &settings.tlsCertificates)
        try environment.read("tls-key", tlsKey, into: &settings.tlsKeys)
        settings.tlsClientAuthorities = tlsClientCa ?? environment.value("tls-client-ca")
        try environment.read(
            "tls-client-required", tlsClientRequired ? true : nil, into: &settings.requiresClientCertificate)
        try environment.read("data-dir", dataDir, into: &settings.dataDirectory)
        try environment.read("demo", demo ? true : nil, into: &settings.isDemo)
        try environment.read("threads", threads, into: &settings.threads, 1...1024)
        try environment.read("log-level", logLevel, into: &settings.logLevel)
        try environment.read("log-format", logFormat, into: &settings.logFormat)
        try environment.read("event-loop", eventLoop, into: &settings.eventLoop)
        try environment.read("loops", loops, into: &settings.loops, 1...256)
        try environment.read("max-header-bytes", maxHeaderBytes, into: &settings.headerBytesMax, 256...16_777_216)
        try environment.read("max-headers", maxHeaders, into: &settings.headersMax, 1...100_000)
        try environment.read("max-target-bytes", maxTargetBytes, into: &settings.targetBytesMax, 64...1_048_576)
        try environment.read("max-body-bytes", maxBodyBytes, into: &settings.bodyBytesMax, 0...Int.max)
        try environment.read("max-upload-bytes", maxUploadBytes, into: &settings.uploadBytesMax, 0...Int.max)
        try environment.read("max-body-memory", maxBodyMemory, into: &settings.bodyMemoryMax, 0...Int.max)
        try environment.read("max-connections", maxConnections, into: &settings.connectionsMax, 1...Int.max)
        try environment.read("header-timeout", headerTimeout, into: &settings.headerTimeoutSeconds, 0.001...1e6)
        try environment.read("body-timeout", bodyTimeout, into: &settings.bodyTimeoutSeconds, 0.001...1e6)
        try environment.read("body-deadline", bodyDeadline, into: &settings.bodyDeadlineSeconds, 0.001...1e6)
        try environment.read("idle-timeout", idleTimeout, into: &settings.idleTimeoutSeconds, 0.001...1e6)
        try environment.read("write-timeout", writeTimeout, into: &settings.writeTimeoutSeconds, 0.001...1e6)
        try environment.read("drain-timeout", drainTimeout, into: &settings.drainTimeoutSeconds, 0...1e6)
        try environment.read("max-models", maxModels, into: &settings.modelsMax, 1...1_000_000)
        try environment.read("max-parameters", maxParameters, into: &settings.parametersMax, 1...Int.max)
        try environment.read("queue-limit", queueLimit, into: &settings.queueMax, 1...1_000_000)
        return settings
    }

    func run() async throws {
        try await StrataServer(settings(SettingsEnvironment())).run()
    }
}
