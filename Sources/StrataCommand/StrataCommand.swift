import ArgumentParser
import Strata

@main
struct StrataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strata",
        abstract: "Hosts neural networks and keeps them learning.",
        version: StrataServer.version,
        subcommands: [ServeCommand.self, HealthCommand.self])
}
