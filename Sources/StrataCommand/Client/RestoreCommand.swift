import ArgumentParser
import Formats

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Gives a model the values of a checkpoint.",
        discussion: "All of them or none: what is missing or does not fit is told, and nothing is changed.")

    @Argument(help: "The model.")
    var model: String
    @Argument(help: "The checkpoint's id, or latest.")
    var checkpoint = "latest"
    @Flag(help: "Let variables that the checkpoint lacks stay as they are.")
    var partial = false
    @Flag(help: "Print what the server sent, as JSON.")
    var json = false
    @OptionGroup var options: ClientOptions

    func run() throws {
        try reporting {
            let answer = try options.askJSON(
                .post, "/models/\(pathText(model))/restore",
                ["checkpoint": .string(checkpoint), "partial": .bool(partial)])
            print(
                json ? "\(answer)" : "\(model) is at step \(text(answer["step"])), version \(text(answer["version"]))")
        }
    }
}
