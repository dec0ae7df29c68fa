import ArgumentParser
import Formats

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Saves a model, or lists and deletes its checkpoints.",
        discussion: "Prints the id of what was saved, once it is durable. --keep makes it a nightly backup.")

    @Argument(help: "The model.")
    var model: String
    @Option(help: "The id of the checkpoint. (default: the model's name and its step)")
    var id: String?
    @Flag(help: "List the checkpoints instead, newest last.")
    var list = false
    @Option(help: "After saving, delete all but this many of the newest.")
    var keep: Int?
    @Option(help: "Delete this checkpoint instead.")
    var delete: String?
    @Flag(help: "Print what the server sent, as JSON.")
    var json = false
    @OptionGroup var options: ClientOptions

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep must be at least 1.") }
    }

    func run() throws {
        try reporting {
            let path = "/models/\(pathText(model))/checkpoints"
            if let delete {
                _ = try options.ask(.delete, "\(path)/\(pathText(delete))")
                return
            }
            if list {
                let answer = try options.askJSON(.get, path)
                if json { return print("\(answer)") }
                let rows = (answer["checkpoints"]?.array ?? []).map { checkpoint in
                    ["id", "step", "bytes", "created_at"].map { text(checkpoint[$0]) }
                }
                return print(table([["ID", "STEP", "BYTES", "CREATED"]] + rows), terminator: "")
            }
            let saved = try options.askJSON(.post, path, id.map { ["id": .string($0)] } ?? [:])
            print(json ? "\(saved)" : text(saved["id"]))
            guard let keep else { return }
            let ids = (try options.askJSON(.get, path)["checkpoints"]?.array ?? []).map { text($0["id"]) }
            for old in ids.dropLast(keep) where old != saved["id"]?.string {
                _ = try options.ask(.delete, "\(path)/\(pathText(old))")
            }
        }
    }
}

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
