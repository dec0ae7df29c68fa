import HTTP
import HTTPServer
import TensorCore

/// Everything about a server that can be set, with its defaults.
public struct ServerSettings: Sendable {
    public var host = "127.0.0.1"
    /// 0 for any free port.
    public var port = 8080
    /// Where to listen instead of `host` and `port`: `host:port`, `[::1]:port` or `unix:/path`.
    public var listen: [String] = []
    /// Whether other processes may listen at the same addresses.
    public var reusesPort = false
    /// Certificate chains in PEM files; with one, all but unix sockets speak TLS. The first is for clients that name no server.
    public var tlsCertificates: [String] = []
    /// The chains' keys, in the same order.
    public var tlsKeys: [String] = []
    /// Authorities, in a PEM file, whose clients' certificates are taken; nil for none.
    public var tlsClientAuthorities: String?
    /// Whether a client must show a certificate.
    public var requiresClientCertificate = false
    public var dataDirectory = "./data"
    /// Whether an empty data directory gets the model `net`, a TwoLayerNetwork.
    public var isDemo = false
    /// Threads that compute; nil for one per core.
    public var threads: Int?
    public var logLevel = "info"
    public var logFormat = "text"

    public var eventLoop = "epoll"
    /// Threads that run event loops.
    public var loops = 1
    public var headerBytesMax = HTTPLimits().headerBytesMax
    public var headersMax = HTTPLimits().headersMax
    public var targetBytesMax = HTTPLimits().targetBytesMax
    /// After decompression too.
    public var bodyBytesMax = HTTPLimits().bodyBytesMax
    /// Checkpoints and data sets that are sent to the server; they go to disk.
    public var uploadBytesMax = 16 << 30
    /// All bodies together; nil for a quarter of the memory.
    public var bodyMemoryMax: Int?
    public var connectionsMax = 20_000
    public var headerTimeoutSeconds = 15.0
    /// Without progress.
    public var bodyTimeoutSeconds = 60.0
    public var bodyDeadlineSeconds = 600.0
    public var idleTimeoutSeconds = 60.0
    public var writeTimeoutSeconds = 60.0
    public var drainTimeoutSeconds = 25.0

    public var modelsMax = 1000
    /// Of one model; by default what a sixteenth of the memory's bytes counts, which leaves room for an optimizer's slots.
    public var parametersMax = System.memoryByteCount / 16
    /// Calls that may wait for one model.
    public var queueMax = 1024

    /// A file of API keys and client certificates with what they may do; nil for none.
    public var keysFile: String?
    /// What callers without a key may do: scopes, or `none`. Where nothing is said, everything as long as only this machine
    /// can reach the server and there are no keys; without keys elsewhere, reading and calling; nothing beside keys.
    public var anonymousScopes: [String] = []
    /// Requests a second that each caller may make; 0 for as many as it can. A key may have a limit of its own.
    public var requestsPerSecond = 0.0
    /// Web pages of these origins may call; `*` for all.
    public var corsOrigins: [String] = []
    /// Whether every request is logged, a line each.
    public var logsRequests = false
    /// Whether every change, and every refusal for want of a right, is logged.
    public var logsChanges = true
    /// A collector of OpenTelemetry traces, `http://host:4318`; nil for none.
    public var tracesEndpoint: String?
    /// Of the requests that no caller has decided about, the part whose traces are sent.
    public var tracesRatio = 1.0

    /// Where each job has a folder of event files for TensorBoard; nil for none.
    public var tensorboardDirectory: String?

    public init() {}
}
