import Access
import HTTP
import Locking
import Logging
import Telemetry
import Testing

@testable import API

/// Every route of the contract …
struct RouteAccessTests {
    private static func guarded(
        _ callers: [Caller], anonymous: Set<RouteScope> = []
    ) throws -> (responder: GuardedResponder<APIResponder>, routes: [Route]) {
        let responder = APIResponder(try ContractTests.service().0)
        var audit = Logger(label: "audit") { _ in SwiftLogNoOpLogHandler() }
        audit.logLevel = .critical
        let record = RequestRecord(
            routes: responder.routes, metrics: RequestMetrics(responder.routes),
            accessLog: AccessLog(format: .text, lines: LineBuffer { _ in }), audit: audit)
        let gate = Gate(AccessPolicy(callers: callers, anonymousScopes: anonymous))
        return (GuardedResponder(responder, gate: gate, record: record), responder.routes)
    }

    /// A request that finds this route.
    private func request(_ route: Route, key: String?) throws -> HTTPRequest {
        let path = route.pattern.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? "x" : String($0) }.joined(separator: "/")
        return try HTTPRequest(route.method, path, headers: key.map { ["authorization": "Bearer \($0)"] } ?? [:])
    }

    /// The status of a refusal; nil when the request is let in.
    private func refusal(_ responder: GuardedResponder<APIResponder>, _ request: HTTPRequest) -> Int? {
        if case .refuse(let error) = responder.route(request) { error.status.code } else { nil }
    }

    @Test func saysWhoMayUseIt() throws {
        for route in try RouteAccessTests.guarded([]).routes {
            #expect(route.scope != nil, "\(route.method) \(route.pattern) says not who may use it: add .needs(…)")
            // What changes something is for those who may change something.
            if route.scope == .read || route.scope == .nothing { #expect(route.method == .get, "\(route.pattern)") }
        }
    }

    @Test func isClosedWithoutAKeyAndWithAWrongOne() throws {
        let caller = Caller(name: "a", proof: .key(KeyDigest(of: "a")), scopes: [.admin])
        let (responder, routes) = try RouteAccessTests.guarded([caller])
        for route in routes {
            let expected = route.scope == .nothing ? nil : 401
            #expect(refusal(responder, try request(route, key: nil)) == expected, "\(route.method) \(route.pattern)")
            #expect(refusal(responder, try request(route, key: "b")) == expected, "\(route.method) \(route.pattern)")
            #expect(refusal(responder, try request(route, key: "a")) == nil, "\(route.method) \(route.pattern)")
        }
    }

    @Test(arguments: [RouteScope.read, .call, .train, .admin])
    func isOpenToItsOwnScopeAndToAdmin(scope: RouteScope) throws {
        let caller = Caller(name: "a", proof: .key(KeyDigest(of: "a")), scopes: [scope])
        let (responder, routes) = try RouteAccessTests.guarded([caller])
        for route in routes {
            let mayUse = route.scope == .nothing || route.scope == scope || scope == .admin
            #expect(
                refusal(responder, try request(route, key: "a")) == (mayUse ? nil : 403),
                "\(route.method) \(route.pattern)")
        }
    }

    @Test func changesNothingForAnonymousCallersFromElsewhere() throws {
        let (responder, routes) = try RouteAccessTests.guarded([], anonymous: [.read, .call])
        for route in routes {
            let mayUse = route.scope != .train && route.scope != .admin
            #expect(
                refusal(responder, try request(route, key: nil)) == (mayUse ? nil : 401),
                "\(route.method) \(route.pattern)")
        }
    }
}
