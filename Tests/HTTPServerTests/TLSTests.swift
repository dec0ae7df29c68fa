import COpenSSL
import Glibc
import HTTP
import HTTPTestSupport
import Testing

@testable import HTTPServer

/// A server under TLS …
struct TLSTests {
    private let hello = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test(arguments: EventLoopKind.allCases, [TLS1_2_VERSION, TLS1_3_VERSION])
    func speaksBothVersions(_ kind: EventLoopKind, _ version: Int32) async throws {
        let certificates = try [TestCertificates().make("localhost")]
        let configure: Configuring = { $0.tls = TLSConfiguration(certificates: certificates) }
        try await serving(kind, configure: configure) { server in
            let client = try TLSClient(server.connect(), .init(version: version, protocols: ["h2", "http/1.1"]))
            #expect(client.negotiatedProtocol == "http/1.1")
            client.send(hello)
            #expect(client.receiveAll().hasSuffix("hello"))
        }
    }

    @Test func refusesOldVersionsOtherProtocolsAndWeakCiphers() async throws {
        let certificates = try [TestCertificates().make("localhost")]
        let configure: Configuring = { $0.tls = TLSConfiguration(certificates: certificates) }
        try await serving(.epoll, configure: configure) { server in
            #expect(throws: (any Error).self) { try TLSClient(server.connect(), .init(version: TLS1_1_VERSION)) }
            #expect(throws: (any Error).self) { try TLSClient(server.connect(), .init(protocols: ["h2"])) }
            for cipher in ["ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA", "AES128-GCM-SHA256"] {
                #expect(throws: (any Error).self) {
                    try TLSClient(server.connect(), .init(version: TLS1_2_VERSION, cipher: cipher))
                }
            }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func movesLargeContentsBothWays(_ kind: EventLoopKind) async throws {
        let certificates = try [TestCertificates().make("localhost")]
        let configure: Configuring = { $0.tls = TLSConfiguration(certificates: certificates) }
        try await serving(kind, configure: configure) { server in
            let client = try TLSClient(server.connect())
            client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(client.receiveAll().utf8.count > 8_000_000)
            let sender = try TLSClient(server.connect())
            sender.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n")
            sender.send(String(repeating: "a", count: 1_000_000))
            #expect(sender.receiveAll().hasSuffix("1000000"))
        }
    }

    /// RFC 6066 §3
    @Test func showsTheCertificateOfTheServerThatIsNamed() async throws {
        let folder = try TestCertificates()
        let certificates = try [folder.make("one.test"), folder.make("two.test")]
        let configure: Configuring = { $0.tls = TLSConfiguration(certificates: certificates) }
        try await serving(.epoll, configure: configure) { server in
            let expected = ["two.test": "two.test", "one.test": "one.test", "three.test": "one.test"]
            for (asked, shown) in expected {
                let client = try TLSClient(server.connect(), .init(serverName: asked))
                #expect(client.serverName == shown)
            }
            let unnamed = try TLSClient(server.connect())
            #expect(unnamed.serverName == "one.test")
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func resumesSessionsAcrossReloads(_ version: Int32) async throws {
        let certificates = try [TestCertificates().make("localhost")]
        let configure: Configuring = { $0.tls = TLSConfiguration(certificates: certificates) }
        try await serving(.epoll, configure: configure) { server in
            let first = try TLSClient(server.connect(), .init(version: version))
            first.send(hello)
            _ = first.receiveAll()
            #expect(!first.isResumed)
            let second = try TLSClient(server.connect(), .init(version: version, resumed: first.ticket))
            #expect(second.isResumed)
            try server.server.reloadCertificates()
            let third = try TLSClient(server.connect(), .init(version: version, resumed: first.ticket))
            #expect(third.isResumed)
        }
    }

    @Test func takesNewCertificatesWithoutDroppingConnections() async throws {
        let folder = try TestCertificates()
        let certificate = try folder.make("old.test")
        let other = try folder.make("new.test")
        let configure: Configuring = { $0.tls = TLSConfiguration(certificates: [certificate]) }
        try await serving(.epoll, configure: configure) { server in
            let open = try TLSClient(server.connect())
            #expect(open.serverName == "old.test")
            rename(other.chainFile, certificate.chainFile)
            // A key that does not fit: nothing changes.
            #expect(throws: TLSError.self) { try server.server.reloadCertificates() }
            let same = try TLSClient(server.connect())
            #expect(same.serverName == "old.test")
            rename(other.keyFile, certificate.keyFile)
            try server.server.reloadCertificates()
            let new = try TLSClient(server.connect())
            #expect(new.serverName == "new.test")
            open.send(hello)
            #expect(open.receiveAll().hasSuffix("hello"))
        }
    }

    @Test func knowsItsClientsByTheirCertificates() async throws {
        let folder = try TestCertificates()
        let certificate = try folder.make("localhost")
        let person = try folder.make("somebody")
        let stranger = try TestCertificates().make("stranger")
        let route = Route(.get, "/hello") { .text($0.clientCertificateSubject ?? "nobody") }
        for isRequired in [false, true] {
            let authorities = folder.authorityFile
            let configure: Configuring = {
                $0.tls = TLSConfiguration(certificates: [certificate])
                $0.tls?.clientCertificates =
                    isRequired ? .required(authoritiesFile: authorities) : .optional(authoritiesFile: authorities)
            }
            try await serving(.epoll, routes: [route], configure: configure) { server in
                let known = try TLSClient(server.connect(), .init(certificate: person))
                known.send(hello)
                #expect(known.receiveAll().hasSuffix("CN=somebody"))
                let unknown = answer(try? TLSClient(server.connect()))
                #expect(isRequired ? unknown == "" : unknown.hasSuffix("nobody"))
                let other = answer(try? TLSClient(server.connect(), .init(certificate: stranger)))
                #expect(other == "")
            }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func tellsThoseWhoForgotTheS(_ kind: EventLoopKind) async throws {
        let certificates = try [TestCertificates().make("localhost")]
        let configure: Configuring = { $0.tls = TLSConfiguration(certificates: certificates) }
        try await serving(kind, configure: configure) { server in
            let client = try server.connect()
            try client.send(hello)
            #expect(try client.receiveAll().hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func doesNotWaitForEverForAHandshake(_ kind: EventLoopKind) async throws {
        let certificates = try [TestCertificates().make("localhost")]
        let configure: Configuring = { $0.tls = TLSConfiguration(certificates: certificates) }
        try await serving(kind, configure: configure) { server in
            let silent = try server.connect()
            let stuck = try server.connect()
            try stuck.send([0x16, 0x03, 0x01, 0x02])
            try eventually { server.server.openConnections == 2 }
            server.settle()
            // The step that finds too few bytes runs elsewhere: time passes until both are gone.
            try eventually {
                server.time.advance(by: .seconds(16))
                return server.server.openConnections == 0
            }
            #expect(try silent.receiveAll() == "")
        }
    }

    /// In TLS 1.3 a client learns of its refusal only when it reads.
    private func answer(_ client: TLSClient?) -> String {
        client?.send(hello)
        return client?.receiveAll() ?? ""
    }
}
