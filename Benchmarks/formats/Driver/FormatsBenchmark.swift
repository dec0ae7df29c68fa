import Checkpoints
import Formats
import TensorCore

/// Measures JSON and checkpoints, and exchanges files with other programs:
///
///     FormatsBenchmark json FILE            reads {"inputs": numbers}, writes them again; one line for each
///     FormatsBenchmark checkpoint DIR MiB   saves and restores that much beside a raw write and read of the same bytes
///     FormatsBenchmark write DIR            tensors of every dtype in every form, for other programs to read
///     FormatsBenchmark read DIR             compares files that other programs wrote with those of `write`
@main
struct FormatsBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let command = arguments.first, arguments.count >= 2 else {
            return print("usage: FormatsBenchmark json FILE | checkpoint DIR MiB | write DIR | read DIR")
        }
        let path = arguments[arguments.startIndex + 1]
        switch command {
        case "json": try JSONMeasurement(path: path).run()
        case "checkpoint":
            try CheckpointMeasurement(path: path, mebibytes: arguments.last.flatMap { Int($0) } ?? 1024).run()
        case "write": try Interchange(path: path).write()
        case "read": try Interchange(path: path).read()
        default: print("unknown command \(command)")
        }
    }
}
