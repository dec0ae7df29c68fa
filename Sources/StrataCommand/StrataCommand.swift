import ArgumentParser
import Strata

@main
struct StrataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strata",
        abstract: "Hosts neural networks and keeps them learning.",
        discussion: """
            'strata serve' is the server; the other commands ask one that runs, at STRATA_URL or --url, with the key in \
            STRATA_KEY. Each has a --help of its own.

            The exit status is 0 when all went well, 1 when the server could not be reached or a setting is wrong, 2 when the \
            server refused what was asked, 3 when it failed, 64 when the command was not understood.
            """,
        version: StrataServer.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Serving",
                subcommands: [ServeCommand.self, ConfigCommand.self, KeyCommand.self, DoctorCommand.self]),
            CommandGroup(
                name: "Asking a server",
                subcommands: [
                    HealthCommand.self, ModelsCommand.self, VariablesCommand.self, CallCommand.self, TrainCommand.self,
                    CheckpointCommand.self, RestoreCommand.self, BenchCommand.self,
                ]),
        ])
}
