import Glibc
import HTTPServer

/// A blocking socket that sends and receives bytes as they are. What takes over a minute has failed.
public final class RawClient: Sendable {
    public let descriptor: Int32

    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    public init(_ address: ListenerAddress) throws {
        switch address {
        case .tcp(let host, let port) where host.contains(":"):
            descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = in_port_t(port).bigEndian
            inet_pton(AF_INET6, host, &address.sin6_addr)
            try Self.connect(descriptor, address)
        case .tcp(let host, let port):
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            inet_pton(AF_INET, host, &address.sin_addr)
            try Self.connect(descriptor, address)
        case .unix(let path):
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            try Self.connect(descriptor, address)
        case .inherited: throw Failure(description: "nothing to connect to")
        }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    private static func connect<Address>(_ descriptor: Int32, _ address: Address) throws {
        let code = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard code == 0 else { throw Failure(description: "connect: \(String(cString: strerror(errno)))") }
    }
}

extension RawClient {
    public func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    public func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// Says that nothing more will be sent.
    public func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Some bytes, none at the end.
    public func receiveSome(_ count: Int = 65_536) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &buffer, count, 0)
        guard received >= 0 else { throw Failure(description: "recv: \(String(cString: strerror(errno)))") }
        return Array(buffer[..<received])
    }

    /// Everything until the server closes.
    public func receiveAll() throws -> String {
        var bytes: [UInt8] = []
        while true {
            let more = try receiveSome()
            if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += more
        }
    }

    /// Bytes until they end with `suffix`.
    public func receive(until suffix: String) throws -> String {
        var text: [UInt8] = []
        while !text.reversed().starts(with: suffix.utf8.reversed()) {
            let more = try receiveSome(1)
            guard !more.isEmpty else {
                throw Failure(description: "closed after: \(String(decoding: text, as: UTF8.self))")
            }
            text += more
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// One answer: its status, its head and its content, read by length or chunks.
    ///
    /// - Parameter hasContent: false for the answer to HEAD.
    public func receiveAnswer(hasContent: Bool = true) throws -> RawAnswer {
        let head = try receive(until: "\r\n\r\n")
        var answer = RawAnswer(head: head)
        guard hasContent, !(100..<200).contains(answer.status), ![204, 304].contains(answer.status) else {
            return answer
        }
        if let length = answer.field("content-length").flatMap({ Int($0) }) {
            while answer.content.count < length {
                let more = try receiveSome(length - answer.content.count)
                guard !more.isEmpty else { throw Failure(description: "closed within content") }
                answer.content += more
            }
        } else if answer.field("transfer-encoding") == "chunked" {
            while true {
                let line = try receive(until: "\r\n").dropLast()
                let count = Int(line, radix: 16) ?? 0
                var chunk: [UInt8] = []
                while chunk.count < count + 2 { chunk += try receiveSome(count + 2 - chunk.count) }
                if count == 0 { return answer }
                answer.content += chunk.dropLast(2)
            }
        } else {
            answer.content = Array(try receiveAll().utf8)
        }
        return answer
    }
}

/// An answer as it came.
public struct RawAnswer: Sendable {
    public let head: String
    public var content: [UInt8] = []

    public var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    public var text: String { String(decoding: content, as: UTF8.self) }

    public func field(_ name: String) -> String? {
        for line in head.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                return String(parts[1].drop { $0 == " " })
            }
        }
        return nil
    }
}
