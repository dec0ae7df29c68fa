import ArgumentParser
import Formats
import HTTP
import Strata

struct CallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Runs a model and prints what it answers.",
        discussion: """
            The inputs are JSON ('[[1, 2]]', or '{"inputs": …}'), a file (.json, .npy, .npz, .safetensors), or '-' for JSON \
            from standard input.

              strata call net '[[1, 1, 1, 1, 1, 1, 1, 1]]'
              strata call net batch.npy --json
            """)

    @Argument(help: "The model.")
    var model: String
    @Argument(help: "Its inputs.")
    var inputs: String
    @Flag(help: "Run it as in training: dropout and batch statistics; nothing is published.")
    var training = false
    @Flag(help: "Print the whole answer, with step and version, as JSON.")
    var json = false
    @OptionGroup var options: ClientOptions

    func run() throws {
        try reporting {
            var source = try BodySource(inputs)
            if source.type == "application/json" {
                let value = try JSONValue(parsing: source.bytes)
                if value["inputs"] == nil { source = try BodySource("\(["inputs": value] as JSONValue)") }
            }
            let query = training ? "?training=true" : ""
            let path = "/models/\(pathText(model))/call\(query)"
            if training, source.type == "application/json", var object = try JSONValue(parsing: source.bytes).object {
                object["training"] = true
                source = try BodySource("\(JSONValue.object(object))")
            }
            let answer = try options.ask(
                .post, path, type: source.type, headers: ["accept": "application/json"], body: source.bytes)
            let value = try JSONValue(parsing: answer.body)
            print(json ? "\(value)" : text(value["outputs"]))
        }
    }
}
