import HTTP

/// Everything about a server that can be set; what is not set is as `--help` says it.
public struct HTTPServerConfiguration: Sendable {
    /// Where to listen, all at once.
    public var listeners: [ListenerAddress] = [.tcp(host: "127.0.0.1", port: 8080)]
    /// TLS on all listeners but those in `plainListeners`; `nil` for none.
    public var tls: TLSConfiguration?
    /// Where to listen without TLS although there is some.
    public var plainListeners: [ListenerAddress] = []
    public var limits = HTTPLimits()
    public var timeouts = HTTPTimeouts()
    public var eventLoop = EventLoopKind.epoll
    /// Threads that run event loops; the Dispatch backend has none of its own and ignores this.
    public var loopCount = 1
    /// Connections at a time; one more is answered 503 and closed.
    public var connectionsMax = 20_000
    /// Bytes that the contents of all requests may hold together; `nil` for a quarter of the memory.
    public var bodyMemoryMax: Int?
    /// The value of the `Server` field, `nil` for none.
    public var serverHeader: String? = "strata"
    /// Connections that wait to be accepted.
    public var backlog: Int32 = 1_024
    /// Lets other processes listen at the same addresses (`SO_REUSEPORT`).
    public var reusesPort = false
    /// How long a drain waits for requests that may already be on their way over idle connections.
    public var drainGrace: Duration = .milliseconds(500)
    /// How often a quiet event stream gets a comment, so that a client that left is noticed.
    public var eventStreamHeartbeat: Duration = .seconds(15)

    public init() {}
}

/// What waits for sockets.
public enum EventLoopKind: String, Sendable, CaseIterable {
    /// Threads of our own around `epoll_wait`.
    case epoll
    /// Dispatch sources, one serial queue a connection.
    case dispatch
}

/// A place to listen.
public enum ListenerAddress: Sendable, Hashable {
    /// `host` is an address or a name, `port` 0 for any free one.
    case tcp(host: String, port: Int)
    /// A path in the file system; a socket that a dead process left there is replaced.
    case unix(path: String)
    /// A listening socket from whoever started this process, such as systemd.
    case inherited(descriptor: Int32)
}

extension ListenerAddress: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        case .inherited(let descriptor): "fd:\(descriptor)"
        }
    }
}
