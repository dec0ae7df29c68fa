import Formats
import HTTPServer
import HTTPTestSupport

extension RawAnswer {
    /// The content as JSON; null where it is none.
    var json: JSONValue { (try? JSONValue(parsing: content)) ?? .null }
}

extension StrataProcess {
    /// One request on a connection of its own.
    func request(
        _ method: String, _ path: String, _ body: String? = nil, type: String? = "application/json",
        headers: [String: String] = [:]
    ) throws -> RawAnswer {
        try request(method, path, bytes: body.map { Array($0.utf8) }, type: type, headers: headers)
    }

    func request(
        _ method: String, _ path: String, bytes: [UInt8]?, type: String?, headers: [String: String] = [:]
    ) throws -> RawAnswer {
        let client = try RawClient(.tcp(host: "127.0.0.1", port: port))
        var head = "\(method) \(path) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
        if let bytes { head += "content-length: \(bytes.count)\r\n" }
        if bytes != nil, let type { head += "content-type: \(type)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        try client.send(Array((head + "\r\n").utf8) + (bytes ?? []))
        return try client.receiveAnswer(hasContent: method != "HEAD")
    }

    func get(_ path: String) throws -> RawAnswer { try request("GET", path) }
    func post(_ path: String, _ body: String) throws -> RawAnswer { try request("POST", path, body) }
    func put(_ path: String, _ body: String) throws -> RawAnswer { try request("PUT", path, body) }
}
