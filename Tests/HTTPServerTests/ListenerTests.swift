import Glibc
import HTTP
import HTTPTestSupport
import Testing

@testable import HTTPServer

/// A listener …
struct ListenerTests {
    @Test func mayComeFromSystemd() {
        let addresses = SystemdSockets.inherited(process: "42", count: "2", current: 42)
        #expect(addresses == [.inherited(descriptor: 3), .inherited(descriptor: 4)])
        #expect(SystemdSockets.inherited(process: "41", count: "2", current: 42).isEmpty)
        #expect(SystemdSockets.inherited(process: nil, count: "2", current: 42).isEmpty)
        #expect(SystemdSockets.inherited(process: "42", count: "x", current: 42).isEmpty)
        #expect(SystemdSockets.inherited(process: "42", count: "-1", current: 42).isEmpty)
    }

    @Test(arguments: EventLoopKind.allCases)
    func mayBeInherited(_ kind: EventLoopKind) async throws {
        let opened = try ListeningSocket.open(.tcp(host: "127.0.0.1", port: 0), backlog: 16, reusesPort: false)
        let descriptor = opened[0].descriptor
        let configure: Configuring = { $0.listeners = [.inherited(descriptor: descriptor)] }
        try await serving(kind, configure: configure) { server in
            let client = try server.connect()
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAnswer().text == "hello")
        }
    }

    @Test func sharesItsPortOnlyWhenAsked() throws {
        let first = try ListeningSocket.open(.tcp(host: "127.0.0.1", port: 0), backlog: 16, reusesPort: true)
        defer { for socket in first { socket.close() } }
        let second = try ListeningSocket.open(first[0].address, backlog: 16, reusesPort: true)
        for socket in second { socket.close() }
        #expect(throws: SocketError.self) {
            try ListeningSocket.open(first[0].address, backlog: 16, reusesPort: false)
        }
    }

    @Test func replacesTheSocketFileOfADeadProcessOnly() throws {
        let path = "/tmp/strata-test-\(UInt64.random(in: .min ... .max)).sock"
        defer { unlink(path) }
        let first = try ListeningSocket.open(.unix(path: path), backlog: 16, reusesPort: false)
        #expect(throws: SocketError.self) {
            try ListeningSocket.open(.unix(path: path), backlog: 16, reusesPort: false)
        }
        // Closed without cleaning up, as a killed process leaves it.
        close(first[0].descriptor)
        let second = try ListeningSocket.open(.unix(path: path), backlog: 16, reusesPort: false)
        second[0].close()
        #expect(access(path, F_OK) != 0)
    }

    @Test func saysWhyItCannotBeOpened() {
        #expect(throws: SocketError.self) {
            try ListeningSocket.open(.tcp(host: "no such host", port: 1), backlog: 1, reusesPort: false)
        }
        #expect(throws: SocketError.self) {
            try ListeningSocket.open(
                .unix(path: "/tmp/" + String(repeating: "a", count: 200)), backlog: 1, reusesPort: false)
        }
        #expect(throws: SocketError.self) {
            try ListeningSocket.open(.inherited(descriptor: 9_999), backlog: 1, reusesPort: false)
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func sendsFiles(_ kind: EventLoopKind) async throws {
        let path = "/tmp/strata-test-\(UInt64.random(in: .min ... .max)).bin"
        let file = fopen(path, "w")
        let bytes = [UInt8](repeating: 0x61, count: 600_000)
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        let route = Route(.get, "/file") { request in
            try .conditional(
                request, type: "text/plain", content: .file(FileSlice(path: path, count: 600_000)), tag: EntityTag("1"))
        }
        let missing = Route(.get, "/missing") { _ in
            HTTPResponse(body: .file(FileSlice(path: path + "x", count: 10)))
        }
        try await serving(kind, routes: [route, missing]) { server in
            defer { unlink(path) }
            let client = try server.connect()
            try client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n")
            let whole = try client.receiveAnswer()
            #expect(whole.content == bytes)
            try client.send("GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=599990-\r\n\r\n")
            let part = try client.receiveAnswer()
            #expect(part.status == 206 && part.content.count == 10)
            try client.send("GET /missing HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveAnswer().status == 500)
        }
    }
}
