import HTTPServer
import Telemetry

extension ServerOption {
    private static let seconds = 0.001...1e6
    private static let counts = 1...Int.max
    private static let sizes = 0...Int.max

    /// Every setting, in the order of the help.
    public static let all: [ServerOption] = [
        ServerOption("host", .serving, .text(\.host), "The address to listen on."),
        ServerOption("port", .serving, .number(\.port, 0...65_535), "The port to listen on, 0 for any free one."),
        ServerOption(
            "listen", .serving, .texts(\.listen),
            "host:port, [::1]:port or unix:/path; instead of host and port, and as often as wanted."),
        ServerOption("reuse-port", .serving, .flag(\.reusesPort), "Let other processes listen at the same addresses."),
        ServerOption("data-dir", .serving, .text(\.dataDirectory), "Where models and checkpoints are kept."),
        ServerOption(
            "demo", .serving, .flag(\.isDemo),
            "Put the model 'net', the documentation's TwoLayerNetwork, into an empty data directory."),
        ServerOption(
            "threads", .serving, .optionalNumber(\.threads, 1...1024), "Threads that compute.", default: "one per core"),
        ServerOption(
            "event-loop", .serving, .choice(\.eventLoop, EventLoopKind.allCases.map(\.rawValue)),
            "What waits for sockets."),
        ServerOption("loops", .serving, .number(\.loops, 1...256), "Threads that run event loops."),

        ServerOption(
            "tls-cert", .security, .texts(\.tlsCertificates),
            "A certificate chain in a PEM file, for TLS; several for several server names. SIGHUP reads the files again."
        ),
        ServerOption("tls-key", .security, .texts(\.tlsKeys), "The key of the certificate, in the same order."),
        ServerOption(
            "tls-client-ca", .security, .optionalText(\.tlsClientAuthorities),
            "Authorities, in a PEM file, whose clients' certificates are taken."),
        ServerOption(
            "tls-client-required", .security, .flag(\.requiresClientCertificate),
            "Refuse clients without a certificate."),
        ServerOption(
            "keys-file", .security, .optionalText(\.keysFile),
            "API keys and client certificates, with what they may do. SIGHUP reads the file again.", reloadable: true),
        ServerOption(
            "anonymous", .security, .texts(\.anonymousScopes),
            "What callers without a key may do: read, call, train, admin, or none.",
            default: "everything on loopback without keys; read, call elsewhere without keys; none beside keys",
            reloadable: true),
        ServerOption(
            "rate-limit", .security, .real(\.requestsPerSecond, 0...1e9),
            "Requests a second for each caller whose key says nothing else; 0 for no limit.", reloadable: true),
        ServerOption(
            "cors-origin", .security, .texts(\.corsOrigins), "Web pages of this origin may call; * for all.",
            reloadable: true),

        ServerOption(
            "log-level", .observing, .choice(\.logLevel, LogSettings.Level.allCases.map(\.rawValue)),
            "What is logged, from here on up.", reloadable: true),
        ServerOption(
            "log-format", .observing, .choice(\.logFormat, LogSettings.Format.allCases.map(\.rawValue)),
            "How a line of the log looks."),
        ServerOption("access-log", .observing, .flag(\.logsRequests), "Log every request.", reloadable: true),
        ServerOption(
            "audit-log", .observing, .flag(\.logsChanges),
            "Log every change and every refusal for want of a right, whatever the log level.",
            reloadable: true),
        ServerOption(
            "otlp-endpoint", .observing, .optionalText(\.tracesEndpoint),
            "Send traces to this OpenTelemetry collector, http://host:4318."),
        ServerOption(
            "trace-ratio", .observing, .real(\.tracesRatio, 0...1),
            "The part of the requests that is traced where the caller has not decided."),
        ServerOption(
            "tensorboard-dir", .observing, .optionalText(\.tensorboardDirectory),
            "Write what jobs learn for TensorBoard, each job into a folder of its own in this one."),

        ServerOption(
            "max-header-bytes", .limits, .number(\.headerBytesMax, 256...16_777_216),
            "All header lines of a request together.", reloadable: true),
        ServerOption(
            "max-headers", .limits, .number(\.headersMax, 1...100_000), "Header lines of a request.", reloadable: true),
        ServerOption(
            "max-target-bytes", .limits, .number(\.targetBytesMax, 64...1_048_576), "The target of a request.",
            reloadable: true),
        ServerOption(
            "max-body-bytes", .limits, .number(\.bodyBytesMax, sizes),
            "The body of a request, after decompression too.", reloadable: true),
        ServerOption(
            "max-upload-bytes", .limits, .number(\.uploadBytesMax, sizes),
            "A checkpoint or data set that is sent to the server."),
        ServerOption(
            "max-body-memory", .limits, .optionalNumber(\.bodyMemoryMax, sizes),
            "The bodies of all requests together, in bytes.", default: "a quarter of the memory"),
        ServerOption("max-connections", .limits, .number(\.connectionsMax, counts), "Connections at a time."),
        ServerOption("max-models", .limits, .number(\.modelsMax, 1...1_000_000), "Models at a time."),
        ServerOption(
            "max-parameters", .limits, .number(\.parametersMax, counts), "Parameters of one model.",
            default: "a sixteenth of the memory's bytes"),
        ServerOption(
            "queue-limit", .limits, .number(\.queueMax, 1...1_000_000), "Calls that may wait for one model."),

        ServerOption(
            "header-timeout", .patience, .real(\.headerTimeoutSeconds, seconds), "For the head of a request."),
        ServerOption(
            "body-timeout", .patience, .real(\.bodyTimeoutSeconds, seconds), "For a body, without progress."),
        ServerOption(
            "body-deadline", .patience, .real(\.bodyDeadlineSeconds, seconds), "For a body, all in all."),
        ServerOption(
            "idle-timeout", .patience, .real(\.idleTimeoutSeconds, seconds), "Between requests.", reloadable: true),
        ServerOption(
            "write-timeout", .patience, .real(\.writeTimeoutSeconds, seconds), "For an answer, without progress."),
        ServerOption(
            "drain-timeout", .patience, .real(\.drainTimeoutSeconds, 0...1e6),
            "For a drain, before connections are cut off.", reloadable: true),
    ]

    /// The setting of this name.
    ///
    /// - Throws: `SettingsError` that names the one which was probably meant.
    static func named(_ name: String, _ source: String) throws(SettingsError) -> ServerOption {
        if let found = all.first(where: { $0.name == name }) { return found }
        let near = all.map { (name: $0.name, distance: editDistance($0.name, name)) }.min { $0.distance < $1.distance }
        let hint = near.flatMap { $0.distance <= 3 ? "; did you mean \($0.name)?" : nil } ?? ""
        throw SettingsError("\(source): there is no setting '\(name)'\(hint)")
    }

    /// How many letters must be added, taken away or changed (Levenshtein 1966).
    private static func editDistance(_ first: String, _ second: String) -> Int {
        var row = Array(0...second.count)
        for (index, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in second.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
