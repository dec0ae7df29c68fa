import HTTP

/// Sends requests to one server, one after the other over a connection that is kept, and waits for each answer.
///
/// For the command line, for load and for sending traces: it blocks its thread and follows no redirects.
public final class HTTPClient {
    public let address: ServerAddress
    private let timeoutSeconds: Double
    private let tls: ClientTLS
    /// An answer that is larger is refused.
    private let bodyBytesMax: Int
    /// Sent with every request.
    public var headers = HTTPHeaders()

    private var socket: ClientSocket?
    private var inbox: [UInt8] = []

    public init(
        _ address: ServerAddress, timeoutSeconds: Double = 60, tls: ClientTLS = ClientTLS(), bodyBytesMax: Int = 1 << 30
    ) {
        self.address = address
        self.timeoutSeconds = timeoutSeconds
        self.tls = tls
        self.bodyBytesMax = bodyBytesMax
    }

    /// - Parameter path: with its query, percent-encoded where it must be.
    public func send(
        _ method: HTTPMethod, _ path: String, type: String? = nil, headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8]? = nil
    ) throws(ClientError) -> ClientAnswer {
        let bytes = encoded(method, path, type, headers, body)
        if socket != nil {
            // A kept connection may have been closed meanwhile. What is harmless to do twice is tried again.
            guard method != .post, method != .patch else { return try exchange(bytes, isHead: false) }
            do throws(ClientError) {
                return try exchange(bytes, isHead: method == .head)
            } catch .cutOff where inbox.isEmpty {
                socket = nil
            }
        }
        socket = try ClientSocket(address, timeoutSeconds: timeoutSeconds, tls: tls)
        return try exchange(bytes, isHead: method == .head)
    }

    private func encoded(
        _ method: HTTPMethod, _ path: String, _ type: String?, _ fields: HTTPHeaders, _ body: [UInt8]?
    ) -> [UInt8] {
        var text = "\(method) \(address.prefix)\(path) HTTP/1.1\r\nhost: \(address.authority)\r\n"
        if let type { text += "content-type: \(type)\r\n" }
        if let body { text += "content-length: \(body.count)\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        return Array((text + "\r\n").utf8) + (body ?? [])
    }

    private func exchange(_ bytes: [UInt8], isHead: Bool) throws(ClientError) -> ClientAnswer {
        guard let socket else { throw .cutOff(address) }
        inbox.removeAll(keepingCapacity: true)
        do {
            try socket.write(bytes)
            let answer = try readAnswer(socket, isHead: isHead)
            if answer.headers.hasToken("connection", "close") { self.socket = nil }
            return answer
        } catch {
            self.socket = nil
            throw error
        }
    }

    private func readAnswer(_ socket: ClientSocket, isHead: Bool) throws(ClientError) -> ClientAnswer {
        while true {
            let (status, headers) = try readHead(socket)
            // What only announces an answer.
            guard status >= 200 else { continue }
            if isHead || status == 204 || status == 304 {
                return ClientAnswer(status: status, headers: headers, body: [])
            }
            if headers.hasToken("transfer-encoding", "chunked") {
                return ClientAnswer(status: status, headers: headers, body: try readChunks(socket))
            }
            if let text = headers["content-length"] {
                guard let count = Int(text), count >= 0, count <= bodyBytesMax else {
                    throw .badAnswer(address, reason: "content-length is '\(text)'")
                }
                return ClientAnswer(status: status, headers: headers, body: try take(count, socket))
            }
            while try fill(socket) {}
            self.socket = nil
            return ClientAnswer(status: status, headers: headers, body: inbox)
        }
    }

    private func readHead(_ socket: ClientSocket) throws(ClientError) -> (status: Int, headers: HTTPHeaders) {
        let first = try readLine(socket).split(separator: " ", maxSplits: 2)
        guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else {
            throw .badAnswer(address, reason: "its first line is '\(first.joined(separator: " "))'")
        }
        var headers = HTTPHeaders()
        while case let line = try readLine(socket), !line.isEmpty {
            guard let colon = line.firstIndex(of: ":"), headers.count < 1_000 else {
                throw .badAnswer(address, reason: "a header line is '\(line)'")
            }
            headers.add(String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        return (status, headers)
    }

    private func readChunks(_ socket: ClientSocket) throws(ClientError) -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = try readLine(socket)
            guard let count = Int(line.prefix { $0 != ";" }, radix: 16), count >= 0, body.count + count <= bodyBytesMax
            else {
                throw .badAnswer(address, reason: "a chunk's size is '\(line)'")
            }
            if count == 0 { break }
            body += try take(count, socket)
            _ = try readLine(socket)
        }
        while try !readLine(socket).isEmpty {}
        return body
    }

    /// The next line without its end.
    private func readLine(_ socket: ClientSocket) throws(ClientError) -> String {
        while true {
            if let end = inbox.firstIndex(of: UInt8(ascii: "\n")) {
                let line = inbox[..<end].last == UInt8(ascii: "\r") ? inbox[..<(end - 1)] : inbox[..<end]
                defer { inbox.removeSubrange(...end) }
                return String(decoding: line, as: UTF8.self)
            }
            guard inbox.count < 65_536 else { throw .badAnswer(address, reason: "a line does not end") }
            guard try fill(socket) else { throw .cutOff(address) }
        }
    }

    private func take(_ count: Int, _ socket: ClientSocket) throws(ClientError) -> [UInt8] {
        while inbox.count < count {
            guard try fill(socket) else { throw .cutOff(address) }
        }
        defer { inbox.removeFirst(count) }
        return Array(inbox[..<count])
    }

    private func fill(_ socket: ClientSocket) throws(ClientError) -> Bool {
        guard inbox.count <= bodyBytesMax else { throw .badAnswer(address, reason: "it does not end") }
        return try socket.read(into: &inbox)
    }
}

/// What a server answered.
public struct ClientAnswer: Sendable {
    public let status: Int
    public let headers: HTTPHeaders
    public let body: [UInt8]

    public init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public var text: String { String(decoding: body, as: UTF8.self) }
}
