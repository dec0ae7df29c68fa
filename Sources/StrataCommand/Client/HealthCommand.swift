import ArgumentParser
import Glibc
import HTTPClient
import Strata

/// What a container's health check runs: the exit status says whether the server takes requests.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Asks a server whether it is ready; the exit status is 0 if it is.",
        discussion: """
            Without --url it asks the server that this machine's settings describe: STRATA_HOST, STRATA_PORT, and TLS where \
            STRATA_TLS_CERT or --config names a certificate.
            """)

    @Option(help: "http://host:port, https://host:port or unix:/path; instead of --host and --port.")
    var url: String?
    @Option(help: "The server's address. (default: 127.0.0.1)")
    var host: String?
    @Option(help: "The server's port. (default: 8080)")
    var port: Int?
    @Option(help: "The server's file of settings. (default: STRATA_CONFIG)")
    var config: String?

    func run() throws {
        let address = try address()
        var tls = ClientTLS()
        // It asks only whether its own server is there; whose certificate that shows does not matter.
        tls.trustsAnyone = url == nil
        let answer = try HTTPClient(address, timeoutSeconds: 2, tls: tls).send(.get, "/readyz")
        guard answer.status == 200 else { throw SettingsError("\(address) is not ready (\(answer.status))") }
        print("ok")
    }

    private func address() throws -> ServerAddress {
        if let url { return try ServerAddress(url) }
        var arguments = host.map { ["--host", $0] } ?? []
        if let port { arguments += ["--port", "\(port)"] }
        if let config { arguments += ["--config", config] }
        let settings = try SettingsSources(arguments: arguments).settings()
        if host == nil, port == nil, let first = settings.listen.first, first.hasPrefix("unix:") {
            return try ServerAddress(first)
        }
        // A server that listens on all addresses is asked on this machine's own.
        let host = ["0.0.0.0", "::"].contains(settings.host) ? "127.0.0.1" : settings.host
        let scheme = settings.tlsCertificates.isEmpty ? "http" : "https"
        return try ServerAddress("\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(settings.port)")
    }
}
