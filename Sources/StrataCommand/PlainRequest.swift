import Glibc
import Strata

/// One GET over a blocking socket, with two seconds for all of it.
struct PlainRequest {
    let host: String
    let port: Int

    /// The first line of the answer to a GET of `path`.
    ///
    /// - Throws: `SettingsError` when there is no answer.
    func statusLine(of path: String) throws -> String {
        let descriptor = try connected()
        defer { close(descriptor) }
        let request = "GET \(path) HTTP/1.1\r\nhost: \(host):\(port)\r\nconnection: close\r\n\r\n"
        let sent = request.utf8.withContiguousStorageIfAvailable {
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == request.utf8.count else { throw failure("could not be asked") }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while !answer.contains(UInt8(ascii: "\r")) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0, answer.count < 65_536 else { throw failure("did not answer") }
            answer += buffer[..<count]
        }
        return String(decoding: answer.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    }

    private func connected() throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0 else { throw failure("has no address") }
        defer { freeaddrinfo(found) }
        var next = found
        while let info = next?.pointee {
            next = info.ai_next
            let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), info.ai_protocol)
            guard descriptor >= 0 else { continue }
            var limit = timeval(tv_sec: 2, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            if connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return descriptor }
            close(descriptor)
        }
        throw failure("does not accept connections")
    }

    private func failure(_ what: String) -> SettingsError { SettingsError("\(host):\(port) \(what)") }
}
