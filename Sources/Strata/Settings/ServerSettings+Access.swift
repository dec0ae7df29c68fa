import Access
import HTTP
import HTTPServer
import Telemetry

extension ServerSettings {
    /// Who may do what, from these settings and the file of keys.
    func accessPolicy(at now: UInt64) throws(SettingsError) -> AccessPolicy {
        let callers = if let keysFile { try KeysFile.read(keysFile) } else { [] as [Caller] }
        for caller in callers where tlsClientAuthorities == nil {
            guard case .certificate = caller.proof else { continue }
            throw SettingsError(
                "'\(caller.name)' is known by its certificate, but without tls-client-ca none is asked for")
        }
        return AccessPolicy(
            callers: callers, anonymousScopes: try effectiveAnonymousScopes(hasKeys: keysFile != nil),
            requestsPerSecond: requestsPerSecond, origins: AllowedOrigins(corsOrigins), now: now)
    }

    /// What callers may do who do not say who they are.
    ///
    /// Where the operator says nothing: beside keys nothing; on loopback and Unix sockets, which only this machine reaches,
    /// everything; elsewhere what changes nothing.
    func effectiveAnonymousScopes(hasKeys: Bool) throws(SettingsError) -> Set<RouteScope> {
        if anonymousScopes == ["none"] { return [] }
        guard anonymousScopes.isEmpty else {
            do {
                return try RouteScope.set(anonymousScopes)
            } catch {
                throw SettingsError("anonymous: \(error)")
            }
        }
        if hasKeys { return [] }
        return try listeners().allSatisfy(\.isLocal) ? [.read, .call, .train, .admin] : [.read, .call]
    }
}

extension ListenerAddress {
    /// Whether only this machine reaches it.
    var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        // Whoever opened it knows, and says so by the setting `anonymous`.
        case .inherited: false
        }
    }
}
