import ArgumentParser
import Formats

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Saves models, or lists and deletes their checkpoints.",
        discussion: """
            Prints the id of what was saved, once it is durable. For every night: 'strata checkpoint --all --keep 7'.
            """)

    @Argument(help: "The model.")
    var model: String?
    @Flag(help: "Save every model that has been built.")
    var all = false
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
        guard all != (model != nil) else { throw ValidationError("Name a model, or say --all.") }
        if all, id != nil || list || delete != nil {
            throw ValidationError("--all saves; --id, --list and --delete are for one model.")
        }
    }

    func run() throws {
        try reporting {
            guard let model else {
                for model in try options.models() where model["built"]?.bool == true { try save(text(model["name"])) }
                return
            }
            if let delete {
                _ = try options.ask(.delete, "\(path(model))/\(pathText(delete))")
            } else if list {
                try printList(model)
            } else {
                try save(model)
            }
        }
    }

    private func path(_ model: String) -> String { "/models/\(pathText(model))/checkpoints" }

    /// What was trained since is saved; where the last checkpoint holds the present step already, it stands for this one.
    private func save(_ model: String) throws {
        do {
            let saved = try options.askJSON(.post, path(model), id.map { ["id": .string($0)] } ?? [:])
            print(json ? "\(saved)" : text(saved["id"]))
        } catch let refusal as Refusal where all && refusal.status == 409 {
            print("\(model): \(refusal.description)")
        }
        guard let keep else { return }
        for old in try ids(model).dropLast(keep) {
            _ = try options.ask(.delete, "\(path(model))/\(pathText(old))")
        }
    }

    private func ids(_ model: String) throws -> [String] {
        (try options.askJSON(.get, path(model))["checkpoints"]?.array ?? []).map { text($0["id"]) }
    }

    private func printList(_ model: String) throws {
        let answer = try options.askJSON(.get, path(model))
        if json { return print("\(answer)") }
        let rows = (answer["checkpoints"]?.array ?? []).map { checkpoint in
            ["id", "step", "bytes", "created_at"].map { text(checkpoint[$0]) }
        }
        print(table([["ID", "STEP", "BYTES", "CREATED"]] + rows), terminator: "")
    }
}
