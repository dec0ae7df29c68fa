import ArgumentParser
import Glibc
import Strata

/// What a container's health check runs: the exit status says whether the server answers.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Asks a server whether it is ready; the exit status is 0 if it is.")

    @Option(help: "The server's address. (default: 127.0.0.1)")
    var host: String?
    @Option(help: "The server's port. (default: 8080)")
    var port: Int?

    func run() throws {
        var address = "127.0.0.1"
        var number = 8080
        let environment = SettingsEnvironment()
        try environment.read("host", host, into: &address)
        try environment.read("port", port, into: &number, 1...65_535)
        // A server that listens on all addresses is asked on this machine's own.
        if address == "0.0.0.0" || address == "::" { address = "127.0.0.1" }
        let status = try PlainRequest(host: address, port: number).statusLine(of: "/readyz")
        guard status.contains(" 200 ") else {
            throw SettingsError("\(address):\(number) answered '\(status)'")
        }
        print("ok")
    }
}
