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
            var models: [JSONValue] = []
            var page = ""
            while true {
                let answer = try options.askJSON(.get, "/models?limit=1000\(page)")
                models += answer["models"]?.array ?? []
                guard answer["has_more"]?.bool == true, let last = models.last?["name"]?.string else { break }
                page = "&after=\(pathText(last))"
            }
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

/// A string as it is, anything else as JSON.
func text(_ value: JSONValue?) -> String { value?.string ?? value.map { "\($0)" } ?? "" }

struct VariablesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "variables", abstract: "Lists the variables of a model, prints the value of one, or sets it.")

    @Argument(help: "The model.")
    var model: String
    @Argument(help: "A variable by its full name, such as net/dense/kernel:0; without it, all are listed.")
    var variable: String?
    @Option(help: "Gives the variable this value, as nested JSON arrays.")
    var set: String?
    @Flag(help: "Print what the server sent, as JSON.")
    var json = false
    @OptionGroup var options: ClientOptions

    func validate() throws {
        if set != nil, variable == nil { throw ValidationError("--set needs a variable.") }
    }

    func run() throws {
        try reporting {
            let path = "/models/\(pathText(model))/variables"
            guard let variable else {
                let answer = try options.askJSON(.get, path)
                if json { return print("\(answer)") }
                let rows = (answer["variables"]?.array ?? []).map { variable in
                    ["name", "shape", "dtype", "trainable"].map { text(variable[$0]) }
                }
                return print(table([["NAME", "SHAPE", "DTYPE", "TRAINABLE"]] + rows), terminator: "")
            }
            let answer =
                if let set {
                    try options.askJSON(.put, "\(path)/\(pathText(variable))", ["value": JSONValue(parsing: set)])
                } else {
                    try options.askJSON(.get, "\(path)/\(pathText(variable))")
                }
            print(json ? "\(answer)" : text(answer["value"]))
        }
    }
}
