import HTTP
import Telemetry

/// Who may do what: immutable, and replaced as a whole when the files it was made from are read again.
public final class AccessPolicy: Sendable {
    /// A caller and what is left of its tokens.
    final class Member: Sendable {
        let caller: Caller
        let limit: RateLimit?

        init(_ caller: Caller, _ limit: RateLimit?) {
            self.caller = caller
            self.limit = limit
        }
    }

    private let keys: KeyRing
    private let certificates: [String: Member]
    private let anonymous: Member
    let origins: AllowedOrigins
    /// Whether there is nothing to find out: everybody may do everything, as often as they like.
    private let isOpen: Bool

    static let anonymousName = "anonymous"

    /// - Parameters:
    ///   - anonymousScopes: what those may do who do not say who they are.
    ///   - requestsPerSecond: for each caller that has no limit of its own, all anonymous ones together; 0 for no limit.
    public init(
        callers: [Caller], anonymousScopes: Set<RouteScope>, requestsPerSecond: Double = 0,
        origins: AllowedOrigins = AllowedOrigins([]), now: UInt64 = 0
    ) {
        func member(_ caller: Caller) -> Member {
            let rate = caller.requestsPerSecond ?? requestsPerSecond
            return Member(caller, rate > 0 ? RateLimit(perSecond: rate, at: now) : nil)
        }
        var keys: [(digest: KeyDigest, member: Member)] = []
        var certificates: [String: Member] = [:]
        for caller in callers {
            switch caller.proof {
            case .key(let digest): keys.append((digest, member(caller)))
            case .certificate(let subject): certificates[subject] = member(caller)
            }
        }
        self.keys = KeyRing(keys)
        self.certificates = certificates
        anonymous = member(
            Caller(name: AccessPolicy.anonymousName, proof: .certificate(subject: ""), scopes: anonymousScopes))
        self.origins = origins
        isOpen = callers.isEmpty && anonymous.limit == nil && anonymous.caller.scopes == Set(RouteScope.allCases)
    }

    /// Lets a request in, or says why not.
    ///
    /// - Returns: the name of the caller; nil for one without.
    /// - Throws: `HTTPError` of kind `unauthenticated`, `permissionDenied` or `rateLimited`.
    public func admit(_ request: HTTPRequest, to route: Route, at now: @autoclosure () -> UInt64) throws(HTTPError)
        -> String?
    {
        try origins.refuseForeignPages(request)
        let scope = route.scope ?? .admin
        guard scope != .nothing, !isOpen else { return nil }
        let member = try member(for: request)
        let caller = member.caller
        guard caller.scopes.contains(scope) else { throw refusal(of: request, caller, scope) }
        if let seconds = member.limit?.take(at: now()) {
            throw HTTPError(
                .rateLimited, "'\(caller.name)' may make \(member.limit?.perSecond ?? 0) requests a second",
                headers: ["retry-after": String(Int(seconds.rounded(.up)))])
        }
        return caller.name == AccessPolicy.anonymousName ? nil : caller.name
    }

    /// A key that is shown counts before a certificate, and a wrong one is no anonymous caller.
    private func member(for request: HTTPRequest) throws(HTTPError) -> Member {
        if let key = try shownKey(request) {
            guard let member = keys.member(showing: key) else {
                throw HTTPError(
                    .unauthenticated, "the key is not known here",
                    headers: ["www-authenticate": #"Bearer realm="strata", error="invalid_token""#])
            }
            return member
        }
        if !certificates.isEmpty, let subject = request.clientCertificateSubject, let member = certificates[subject] {
            return member
        }
        return anonymous
    }

    private func shownKey(_ request: HTTPRequest) throws(HTTPError) -> ArraySlice<UInt8>? {
        guard let field = request.headers.bytes(of: "authorization") else {
            return request.headers.bytes(of: "x-api-key")
        }
        // Without keys, what a proxy in front has checked is none of ours.
        guard let space = field.firstIndex(of: UInt8(ascii: " ")), field[..<space].equals(ignoringCaseOf: "bearer")
        else {
            guard !keys.isEmpty else { return nil }
            throw HTTPError(
                .unauthenticated, "the Authorization field must be 'Bearer' and a key",
                headers: ["www-authenticate": AccessPolicy.challenge])
        }
        return keys.isEmpty ? nil : field[(space + 1)...]
    }

    private func refusal(of request: HTTPRequest, _ caller: Caller, _ scope: RouteScope) -> HTTPError {
        guard caller.name == AccessPolicy.anonymousName else {
            return HTTPError(
                .permissionDenied,
                "\(request.method) \(request.path) needs the scope '\(scope.rawValue)', which '\(caller.name)' does not have"
            )
        }
        return HTTPError(
            .unauthenticated,
            "\(request.method) \(request.path) needs the scope '\(scope.rawValue)': show a key that has it, as 'Authorization: Bearer <key>'",
            headers: ["www-authenticate": AccessPolicy.challenge])
    }

    private static let challenge = #"Bearer realm="strata""#
}
