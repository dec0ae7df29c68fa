import ArgumentParser
import Formats

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Lists the models of a server, or tells of one.")

    @Argument(help: "A model; without it, all are listed.")
    var name: String?
    @Flag(help: "Print what the server sent, as JSON.")
    var json = false
    @OptionGroup var options: ClientOptions

    func run() throws {
        try reporting {
            if let name {
                let model = try options.askJSON(.get, "/models/\(pathText(name))")
                print(json ? "\(model)" : describe(model), terminator: json ? "\n" : "")
                return
            }
            let models = try options.models()
            if json {
                print("\(JSONValue.array(models))")
            } else {
                let rows = models.map { model in
                    ["name", "class_name", "step", "version", "parameters"].map { text(model[$0]) }
                        + [shapes(model["inputs"]), shapes(model["outputs"])]
                }
                print(
                    table([["NAME", "CLASS", "STEP", "VERSION", "PARAMETERS", "INPUTS", "OUTPUTS"]] + rows),
                    terminator: "")
            }
        }
    }

    private func describe(_ model: JSONValue) -> String {
        let keys = [
            "name", "class_name", "built", "step", "version", "parameters", "trainable_parameters", "created_at",
        ]
        var rows = keys.map { [$0, text(model[$0])] }
        rows += [["inputs", shapes(model["inputs"])], ["outputs", shapes(model["outputs"])]]
        if let error = model["error"]?.string { rows.append(["error", error]) }
        return table(rows)
    }

    private func shapes(_ ports: JSONValue?) -> String {
        (ports?.array ?? []).map { port in
            let extents = (port["shape"]?.array ?? []).map { $0.integer.map(String.init) ?? "?" }
            return "\(text(port["name"])) \(text(port["dtype"]))[\(extents.joined(separator: ", "))]"
        }.joined(separator: ", ")
    }
}
