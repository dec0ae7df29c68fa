import ArgumentParser
import Strata

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the models of a data directory over HTTP.",
        usage: "strata serve [--config <file>] [--<setting> <value> ...]",
        discussion: """
            Prints one line with the address when it is ready. SIGTERM drains: what was accepted is answered, models with \
            unsaved steps are saved, and the exit status is 0. SIGHUP reads certificates, keys and settings again.

            A setting comes from its flag, else from its twin in the environment (--port is STRATA_PORT), else from the YAML \
            file that --config or STRATA_CONFIG names (port: 8080), else it is at its default. 'strata config check' looks \
            at them without serving. Sizes are in bytes.
            \(SettingsHelp.text)
            """)

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp(visibility: .hidden))
    var arguments: [String] = []

    func run() async throws {
        if arguments.contains(where: { ["--help", "-h", "-help"].contains($0) }) { throw CleanExit.helpRequest(self) }
        try await StrataServer(SettingsSources(arguments: arguments)).run()
    }
}
