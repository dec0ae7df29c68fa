import ArgumentParser

@main
struct StrataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strata", abstract: "Hosts neural networks and keeps them learning.")
}
