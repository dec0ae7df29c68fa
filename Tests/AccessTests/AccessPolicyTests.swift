import HTTPTestSupport
import Testing

@testable import Access
@testable import HTTP

/// A caller …
struct AccessPolicyTests {
    private static let key = "strata_0123"
    private static func policy(
        anonymous: Set<RouteScope> = [], rate: Double = 0, origins: [String] = []
    ) -> AccessPolicy {
        AccessPolicy(
            callers: [
                Caller(name: "reader", proof: .key(KeyDigest(of: key)), scopes: [.read]),
                Caller(name: "boss", proof: .key(KeyDigest(of: "other")), scopes: [.admin], requestsPerSecond: 0),
                Caller(name: "machine", proof: .certificate(subject: "CN=machine"), scopes: [.call]),
            ],
            anonymousScopes: anonymous, requestsPerSecond: rate, origins: AllowedOrigins(origins), now: 0)
    }

    private static func route(_ scope: RouteScope?) -> Route {
        let route = Route(.get, "/a") { _ in .text("") }
        return scope.map { route.needs($0) } ?? route
    }

    private func request(_ headers: HTTPHeaders = [:], subject: String? = nil) throws -> HTTPRequest {
        guard let subject else { return try HTTPRequest(.get, "/a", headers: headers) }
        var text = "GET /a HTTP/1.1\r\nhost: a\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        var parser = RequestHeadParser(limits: HTTPLimits(), isSecure: true)
        var offset = 0
        let bytes = Array((text + "\r\n").utf8)
        let head = try #require(try parser.parse(bytes.span, from: &offset))
        let connection = ConnectionInformation(peer: "1.2.3.4:5", isSecure: true, clientCertificateSubject: subject)
        return HTTPRequest(head, id: .made(0, 0), connection: connection)
    }

    @Test func mayDoWhatItsKeySays() throws {
        let policy = AccessPolicyTests.policy()
        let request = try request(["authorization": "Bearer \(AccessPolicyTests.key)"])
        #expect(try policy.admit(request, to: AccessPolicyTests.route(.read), at: 0) == "reader")
        let error = #expect(throws: HTTPError.self) {
            try policy.admit(request, to: AccessPolicyTests.route(.train), at: 0)
        }
        #expect(error?.kind == .permissionDenied)
        #expect(error?.detail.contains("needs the scope 'train', which 'reader' does not have") == true)
    }

    /// The second time the key is known as it was shown, not by its digest.
    @Test(arguments: 0..<3) func isKnownAgain(times: Int) throws {
        let policy = AccessPolicyTests.policy()
        for _ in 0..<times {
            for (key, name) in [(AccessPolicyTests.key, "reader"), ("other", "boss")] {
                let request = try request(["authorization": "bEARER \(key)"])
                #expect(try policy.admit(request, to: AccessPolicyTests.route(.read), at: 0) == name)
            }
        }
        for key in ["strata_0124", "strata_012", "", "otheR"] {
            #expect(throws: HTTPError.self) {
                try policy.admit(request(["x-api-key": key]), to: AccessPolicyTests.route(.read), at: 0)
            }
        }
    }

    @Test func withAdminMayDoEverything() throws {
        let request = try request(["X-API-Key": "other"])
        for scope in RouteScope.allCases where scope != .nothing {
            #expect(try AccessPolicyTests.policy().admit(request, to: AccessPolicyTests.route(scope), at: 0) == "boss")
        }
        // A route that nobody has given a scope is for those who may do everything.
        #expect(try AccessPolicyTests.policy().admit(request, to: AccessPolicyTests.route(nil), at: 0) == "boss")
    }

    @Test func withoutAKeyIsAnonymous() throws {
        let closed = AccessPolicyTests.policy()
        #expect(try closed.admit(request(), to: AccessPolicyTests.route(.nothing), at: 0) == nil)
        let error = #expect(throws: HTTPError.self) {
            try closed.admit(request(), to: AccessPolicyTests.route(.read), at: 0)
        }
        #expect(error?.kind == .unauthenticated)
        #expect(error?.headers["www-authenticate"] == #"Bearer realm="strata""#)
        let open = AccessPolicyTests.policy(anonymous: [.read])
        #expect(try open.admit(request(), to: AccessPolicyTests.route(.read), at: 0) == nil)
        #expect(throws: HTTPError.self) { try open.admit(request(), to: AccessPolicyTests.route(nil), at: 0) }
    }

    @Test(arguments: ["Bearer wrong", "Bearer strata_0124", "Basic YTpi", "Bearer", "strata_0123", "Bearer "])
    func withAWrongKeyIsNotAnonymous(field: String) throws {
        let policy = AccessPolicyTests.policy(anonymous: [.read, .call, .train, .admin])
        let error = #expect(throws: HTTPError.self) {
            try policy.admit(request(["authorization": field]), to: AccessPolicyTests.route(.read), at: 0)
        }
        #expect(error?.status == .unauthorized)
    }

    @Test func isKnownByItsCertificate() throws {
        let policy = AccessPolicyTests.policy()
        #expect(
            try policy.admit(request(subject: "CN=machine"), to: AccessPolicyTests.route(.call), at: 0) == "machine")
        #expect(throws: HTTPError.self) {
            try policy.admit(request(subject: "CN=machine2"), to: AccessPolicyTests.route(.call), at: 0)
        }
        // The key that is shown counts, although the certificate would do.
        #expect(throws: HTTPError.self) {
            try policy.admit(
                request(["authorization": "Bearer \(AccessPolicyTests.key)"], subject: "CN=machine"),
                to: AccessPolicyTests.route(.call), at: 0)
        }
    }

    @Test func isHeldToItsRate() throws {
        let policy = AccessPolicyTests.policy(rate: 2)
        let route = AccessPolicyTests.route(.read)
        let reader = try request(["authorization": "Bearer \(AccessPolicyTests.key)"])
        for _ in 0..<2 { #expect(try policy.admit(reader, to: route, at: 0) == "reader") }
        let error = #expect(throws: HTTPError.self) { try policy.admit(reader, to: route, at: 0) }
        #expect(error?.status == .tooManyRequests)
        #expect(error?.headers["retry-after"] == "1")
        #expect(try policy.admit(reader, to: route, at: 500_000_000) == "reader")
        #expect(throws: HTTPError.self) { try policy.admit(reader, to: route, at: 500_000_000) }
        // A limit of its own goes before the server's, and none is none.
        let boss = try request(["authorization": "Bearer other"])
        for _ in 0..<100 { #expect(try policy.admit(boss, to: route, at: 0) == "boss") }
    }

    @Test func isNotAForeignWebPage() throws {
        let policy = AccessPolicy(callers: [], anonymousScopes: [.admin])
        let route = Route(.post, "/models/net/checkpoints") { _ in .text("") }.needs(.train)
        func post(_ headers: HTTPHeaders) throws -> HTTPRequest { try HTTPRequest(.post, "/a", headers: headers) }
        #expect(throws: HTTPError.self) { try policy.admit(post(["origin": "http://evil.example"]), to: route, at: 0) }
        #expect(try policy.admit(post(["origin": "http://localhost"]), to: route, at: 0) == nil)
        // A browser asks before it sends what has a type of its own, and gets no leave.
        #expect(
            try policy.admit(
                post(["origin": "http://evil.example", "content-type": "application/json"]), to: route, at: 0) == nil)
        let allowing = AccessPolicy(
            callers: [], anonymousScopes: [.admin], origins: AllowedOrigins(["http://evil.example"]))
        #expect(try allowing.admit(post(["origin": "http://evil.example"]), to: route, at: 0) == nil)
    }
}

/// A web page …
struct AllowedOriginsTests {
    private let allowed = AllowedOrigins(["https://app.example"])

    @Test func isToldWhatItMayRead() throws {
        let request = try HTTPRequest(.get, "/a", headers: ["origin": "https://app.example"])
        let answer = allowed.dress(.text("a"), for: request)
        #expect(answer.headers["access-control-allow-origin"] == "https://app.example")
        #expect(answer.headers["vary"] == "origin")
        #expect(AllowedOrigins(["*"]).dress(.text("a"), for: request).headers["access-control-allow-origin"] == "*")
        let other = try HTTPRequest(.get, "/a", headers: ["origin": "https://other.example"])
        #expect(allowed.dress(.text("a"), for: other).headers["access-control-allow-origin"] == nil)
        #expect(!AllowedOrigins([]).dress(.text("a"), for: request).headers.contains("vary"))
    }

    @Test func asksBeforeItSends() throws {
        let request = try HTTPRequest(
            .options, "/a",
            headers: [
                "origin": "https://app.example", "access-control-request-method": "PUT",
                "access-control-request-headers": "content-type, authorization",
            ])
        let answer = allowed.answerPreflight(HTTPResponse(.noContent, headers: ["allow": "GET, PUT"]), for: request)
        #expect(answer.headers["access-control-allow-methods"] == "GET, PUT")
        #expect(answer.headers["access-control-allow-headers"] == "content-type, authorization")
        let plain = try HTTPRequest(.options, "/a", headers: ["origin": "https://app.example"])
        #expect(
            allowed.answerPreflight(HTTPResponse(.noContent), for: plain).headers["access-control-allow-methods"] == nil
        )
    }
}

/// A key …
struct KeyDigestTests {
    @Test func isKeptAsItsHash() throws {
        // printf %s abc | sha256sum
        let text = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(KeyDigest(of: "abc").description == text)
        let read = try #require(KeyDigest(text))
        #expect(read.matches(KeyDigest(of: "abc")))
        #expect(!read.matches(KeyDigest(of: "abd")))
        for wrong in [
            "", "sha256:", "sha256:00", "sha1:\(text.dropFirst(7))", text + "0", String(text.dropLast()) + "g",
        ] {
            #expect(KeyDigest(wrong) == nil, "\(wrong)")
        }
    }

    @Test func isNewEachTime() {
        let keys = Set((0..<100).map { _ in KeyDigest.makeKey() })
        #expect(keys.count == 100)
        #expect(keys.allSatisfy { $0.hasPrefix("strata_") && $0.count == 71 })
    }
}
