import ArgumentParser
import Formats
import HTTP

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Takes training steps, and prints the loss of each.",
        discussion: """
            The batch is JSON ('{"inputs": …, "targets": …}'), a file (.json, .npz, .safetensors) that holds inputs and \
            targets, or '-' for JSON from standard input.
            """)

    @Argument(help: "The model.")
    var model: String
    @Argument(help: "The batch.")
    var batch: String
    @Option(help: "How many steps to take on it.")
    var steps = 1
    @Flag(help: "Print what the server sent, a line of JSON for each step.")
    var json = false
    @OptionGroup var options: ClientOptions

    func run() throws {
        try reporting {
            let source = try BodySource(batch)
            for _ in 0..<steps {
                let answer = try JSONValue(
                    parsing: options.ask(
                        .post, "/models/\(pathText(model))/train", type: source.type,
                        headers: ["accept": "application/json"], body: source.bytes
                    ).body)
                guard !json else {
                    print("\(answer)")
                    continue
                }
                let metrics = answer["metrics"]?.object.map { object in
                    object.keys.map { "  \($0) \(text(object[$0]))" }.joined()
                }
                print("step \(text(answer["step"]))  loss \(text(answer["loss"]))\(metrics ?? "")")
            }
        }
    }
}
