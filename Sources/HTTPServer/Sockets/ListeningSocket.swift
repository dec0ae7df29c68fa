import Glibc

/// A socket that listens.
struct ListeningSocket {
    let descriptor: Int32
    /// Where it really listens: the port that was found for port 0.
    let address: ListenerAddress
    let isInternet: Bool

    /// Opens all sockets of an address: a name may stand for several.
    static func open(_ address: ListenerAddress, backlog: Int32, reusesPort: Bool) throws(SocketError)
        -> [ListeningSocket]
    {
        switch address {
        case .tcp(let host, let port):
            return try openAll(host, port, backlog, reusesPort)
        case .unix(let path):
            return [try openUnix(path, backlog)]
        case .inherited(let descriptor):
            let flags = fcntl(descriptor, F_GETFL)
            guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
                fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
            else { throw SocketError("descriptor \(descriptor)", errno) }
            let local = SocketAddress.local(of: descriptor)
            let internet = local.hostAndPort
            return [
                ListeningSocket(
                    descriptor: descriptor, address: internet.map { .tcp(host: $0.host, port: $0.port) } ?? address,
                    isInternet: internet != nil)
            ]
        }
    }

    /// Closes the socket; the file of a Unix-domain socket goes with it.
    func close() {
        Glibc.close(descriptor)
        if case .unix(let path) = address { unlink(path) }
    }
}

extension ListeningSocket {
    private static func openAll(
        _ host: String, _ port: Int, _ backlog: Int32, _ reusesPort: Bool
    ) throws(SocketError) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        var failure: SocketError?
        var port = port
        for address in try SocketAddress.resolve(host: host, port: port) {
            do {
                let descriptor = try listen(at: address, backlog, reusesPort)
                let bound = SocketAddress.local(of: descriptor).hostAndPort
                sockets.append(
                    ListeningSocket(
                        descriptor: descriptor, address: .tcp(host: bound?.host ?? host, port: bound?.port ?? port),
                        isInternet: true))
                if port == 0, let bound {
                    // `localhost` may be two addresses: one free port is enough, found for the first.
                    port = bound.port
                    break
                }
            } catch {
                failure = error
            }
        }
        // One of a name's addresses is enough: `localhost` names ::1 on machines without IPv6.
        if sockets.isEmpty { throw failure ?? SocketError("listen on '\(host)'", EADDRNOTAVAIL) }
        return sockets
    }

    private static func openUnix(_ path: String, _ backlog: Int32) throws(SocketError) -> ListeningSocket {
        let address = try SocketAddress(path: path)
        removeIfStale(path, address)
        return ListeningSocket(
            descriptor: try listen(at: address, backlog, false), address: .unix(path: path), isInternet: false)
    }

    /// A socket file that nobody listens on any more is in the way; any other file is left alone.
    private static func removeIfStale(_ path: String, _ address: SocketAddress) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return }
        defer { Glibc.close(probe) }
        let isRefused = address.withPointer { connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
        if isRefused { unlink(path) }
    }

    private static func listen(
        at address: SocketAddress, _ backlog: Int32, _ reusesPort: Bool
    ) throws(SocketError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SocketError("socket", errno) }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if reusesPort { setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, size) }
        // So that 0.0.0.0 and :: can be listened on side by side.
        if address.family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
        guard address.withPointer({ bind(descriptor, $0, $1) }) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw SocketError("bind to \(address.text)", code)
        }
        guard Glibc.listen(descriptor, backlog) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw SocketError("listen at \(address.text)", code)
        }
        return descriptor
    }
}
