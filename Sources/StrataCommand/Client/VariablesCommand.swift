import ArgumentParser
import Formats

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
