import ArgumentParser
import Strata

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Looks at the settings of a server without serving.",
        subcommands: [Check.self, Table.self], defaultSubcommand: Check.self)

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Reads all settings and the files they name, and prints what holds.",
            usage: "strata config check [--config <file>] [--<setting> <value> ...]",
            discussion: """
                Takes the same flags, environment and file as 'strata serve'. The exit status is 0 if a server would start \
                with them; otherwise the message says which is wrong, and where it was said.
                """)

        @Argument(parsing: .captureForPassthrough, help: ArgumentHelp(visibility: .hidden))
        var arguments: [String] = []

        func run() throws {
            if arguments.contains(where: { ["--help", "-h"].contains($0) }) { throw CleanExit.helpRequest(self) }
            let (settings, origins) = try SettingsSources(arguments: arguments).read()
            try settings.check()
            print(SettingsHelp.file(settings, origins: origins), terminator: "")
        }
    }

    struct Table: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "table", abstract: "Prints the table of all settings, in Markdown, for the documentation.")

        func run() throws { print(SettingsHelp.markdown, terminator: "") }
    }
}
