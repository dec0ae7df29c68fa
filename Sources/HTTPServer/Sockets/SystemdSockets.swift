import Glibc

/// Listening sockets that systemd opened before it started this process (sd_listen_fds(3)).
public enum SystemdSockets {
    /// The sockets handed to this process, none when there are none or they are for another one.
    ///
    /// Pass them to `HTTPServerConfiguration.listeners` and keep them out of child processes: the server
    /// marks them close-on-exec when it starts.
    public static func inherited() -> [ListenerAddress] {
        inherited(
            process: getenv("LISTEN_PID").map { String(cString: $0) },
            count: getenv("LISTEN_FDS").map { String(cString: $0) }, current: getpid())
    }

    static func inherited(process: String?, count: String?, current: pid_t) -> [ListenerAddress] {
        guard let process = process.flatMap({ pid_t($0) }), process == current,
            let count = count.flatMap({ Int32($0) }), count > 0, count <= 1_024
        else { return [] }
        return (firstDescriptor..<(firstDescriptor + count)).map { .inherited(descriptor: $0) }
    }

    private static let firstDescriptor: Int32 = 3
}
