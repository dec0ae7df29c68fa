import HTTPServer
import Telemetry

extension ServerSettings {
    func httpConfiguration() throws(SettingsError) -> HTTPServerConfiguration {
        guard let kind = EventLoopKind(rawValue: eventLoop) else {
            throw SettingsError(
                "event-loop must be one of \(EventLoopKind.allCases.map(\.rawValue).joined(separator: ", ")), but it is '\(eventLoop)'"
            )
        }
        var configuration = HTTPServerConfiguration()
        let addresses = try listeners()
        let isUnix = { (address: ListenerAddress) in if case .unix = address { true } else { false } }
        configuration.listeners = addresses.filter { !isUnix($0) }
        configuration.plainListeners = addresses.filter(isUnix)
        configuration.tls = try tls()
        configuration.reusesPort = reusesPort
        configuration.eventLoop = kind
        configuration.loopCount = loops
        configuration.connectionsMax = connectionsMax
        configuration.bodyMemoryMax = bodyMemoryMax
        configuration.limits.headerBytesMax = headerBytesMax
        configuration.limits.headersMax = headersMax
        configuration.limits.targetBytesMax = targetBytesMax
        configuration.limits.bodyBytesMax = bodyBytesMax
        configuration.timeouts.header = .seconds(headerTimeoutSeconds)
        configuration.timeouts.body = .seconds(bodyTimeoutSeconds)
        configuration.timeouts.bodyDeadline = .seconds(bodyDeadlineSeconds)
        configuration.timeouts.idle = .seconds(idleTimeoutSeconds)
        configuration.timeouts.write = .seconds(writeTimeoutSeconds)
        return configuration
    }

    /// What systemd handed over, else what `listen` names, else the one address.
    func listeners() throws(SettingsError) -> [ListenerAddress] {
        let inherited = SystemdSockets.inherited()
        if !inherited.isEmpty { return inherited }
        if listen.isEmpty { return [.tcp(host: host, port: port)] }
        var addresses: [ListenerAddress] = []
        for text in listen {
            if text.hasPrefix("unix:") {
                addresses.append(.unix(path: String(text.dropFirst(5))))
            } else if let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65_535).contains(port), colon != text.startIndex
            {
                let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
                addresses.append(.tcp(host: host, port: port))
            } else {
                throw SettingsError("listen must be host:port or unix:/path, but it is '\(text)'")
            }
        }
        return addresses
    }

    private func tls() throws(SettingsError) -> TLSConfiguration? {
        guard tlsCertificates.count == tlsKeys.count else {
            throw SettingsError(
                "each tls-cert needs its tls-key, but there are \(tlsCertificates.count) and \(tlsKeys.count)")
        }
        guard !tlsCertificates.isEmpty else {
            if tlsClientAuthorities != nil { throw SettingsError("tls-client-ca needs a tls-cert") }
            return nil
        }
        var configuration = TLSConfiguration(
            certificates: zip(tlsCertificates, tlsKeys).map { .init(chainFile: $0, keyFile: $1) })
        switch (tlsClientAuthorities, requiresClientCertificate) {
        case (let file?, true): configuration.clientCertificates = .required(authoritiesFile: file)
        case (let file?, false): configuration.clientCertificates = .optional(authoritiesFile: file)
        case (nil, true): throw SettingsError("tls-client-required needs a tls-client-ca")
        case (nil, false): break
        }
        return configuration
    }

    func logSettings() throws(SettingsError) -> LogSettings {
        guard let level = LogSettings.Level(rawValue: logLevel) else {
            throw SettingsError(
                "log-level must be one of \(LogSettings.Level.allCases.map(\.rawValue).joined(separator: ", ")), but it is '\(logLevel)'"
            )
        }
        guard let format = LogSettings.Format(rawValue: logFormat) else {
            throw SettingsError(
                "log-format must be one of \(LogSettings.Format.allCases.map(\.rawValue).joined(separator: ", ")), but it is '\(logFormat)'"
            )
        }
        return LogSettings(format: format, level: level)
    }
}

extension ServerSettings {
    /// Whether a server would start with these, as far as can be seen without opening sockets and data.
    ///
    /// - Throws: `SettingsError` for the first that cannot be.
    public func check() throws(SettingsError) {
        _ = try logSettings()
        let configuration = try httpConfiguration()
        _ = try accessPolicy(at: 0)
        _ = try tracer(version: "", logger: logSettings().logger("strata.config"))
        guard let tls = configuration.tls else { return }
        do {
            try tls.check()
        } catch {
            throw SettingsError("\(error)")
        }
    }
}
