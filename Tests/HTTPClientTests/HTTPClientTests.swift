import HTTP
import HTTPClient
import HTTPServer
import HTTPTestSupport
import Logging
import Testing

/// The client …
struct HTTPClientTests {
    private static let routes = [
        Route(.get, "/hello") { _ in .text("hello") },
        Route(.post, "/echo") { request in .text(request.body.text + (request.headers["content-type"] ?? "")) },
        Route(.get, "/chunks") { _ in
            HTTPResponse(
                body: .stream(
                    BodyStream { writer in for index in 0..<3 { try await writer.write(HTTPBody("piece \(index) ")) } })
            )
        },
        Route(.get, "/nothing") { _ in HTTPResponse(.noContent) },
    ]

    private func serving(_ body: @escaping @Sendable (ServerAddress) throws -> Void) async throws {
        var configuration = HTTPServerConfiguration()
        configuration.listeners = [.tcp(host: "127.0.0.1", port: 0)]
        let server = HTTPServer(
            configuration: configuration, responder: RouterResponder(Router(HTTPClientTests.routes)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        guard case .tcp(_, let port)? = try server.start().first else { return }
        try await onThread { try body(ServerAddress("http://127.0.0.1:\(port)")) }
        await server.drain(deadline: .seconds(5))
    }

    @Test func readsAnswersOfEveryFraming() async throws {
        try await serving { address in
            let client = HTTPClient(address)
            for _ in 0..<2 {
                #expect(try client.send(.get, "/hello").text == "hello")
                #expect(try client.send(.get, "/chunks").text == "piece 0 piece 1 piece 2 ")
                #expect(try client.send(.get, "/nothing").status == 204)
                let head = try client.send(.head, "/hello")
                #expect(head.body.isEmpty)
                #expect(head.headers["content-length"] == "5")
                #expect(try client.send(.post, "/echo", type: "text/a", body: Array("x".utf8)).text == "xtext/a")
                #expect(try client.send(.get, "/none").status == 404)
                #expect(try client.send(.get, "/hello", headers: ["connection": "close"]).text == "hello")
            }
        }
    }

    @Test func saysWhyThereIsNoAnswer() {
        #expect(throws: ClientError.self) { try HTTPClient(ServerAddress("http://127.0.0.1:1")).send(.get, "/") }
        #expect(throws: ClientError.self) { try HTTPClient(ServerAddress("unix:/nowhere")).send(.get, "/") }
    }

    @Test func readsAddresses() throws {
        #expect(try ServerAddress("http://a").place == .tcp(host: "a", port: 80))
        #expect(try ServerAddress("https://a/").place == .tcp(host: "a", port: 443))
        #expect(try ServerAddress("http://[::1]:8080").place == .tcp(host: "::1", port: 8080))
        #expect(try ServerAddress("http://[::1]:8080").authority == "[::1]:8080")
        #expect(try ServerAddress("https://a:1/strata/").prefix == "/strata")
        #expect(try ServerAddress("unix:/run/a.sock").place == .unix(path: "/run/a.sock"))
        for wrong in ["", "a", "ftp://a", "http://", "http://a:b", "http://a:0", "http://u@a", "unix:"] {
            #expect(throws: ClientError.address(wrong)) { try ServerAddress(wrong) }
        }
    }
}
