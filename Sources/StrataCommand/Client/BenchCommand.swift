import ArgumentParser
import Formats
import HTTP
import HTTPClient
import Strata

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Asks a server as often as it answers, and tells how long that takes.",
        discussion: """
            Each connection waits for its answer before it asks again. The times are a client's: the network's, the \
            server's and this program's own. An answer of 400 and above counts as an error; the exit status is 2 if there \
            was one.

              strata bench /models/net/call --body '{"inputs":[[1,1,1,1,1,1,1,1]]}' --connections 32 --seconds 10
              strata bench /healthz
            """)

    @Argument(help: "The path to ask for.")
    var path: String
    @Option(help: "The body, as JSON, a file, or '-'; makes it a POST.")
    var body: String?
    @Option(help: "The method. (default: GET, with a body POST)")
    var method: String?
    @Option(help: "Connections, each with a thread of its own.")
    var connections = 8
    @Option(help: "Seconds to go on for.")
    var seconds = 5.0
    @Option(help: "Seconds to begin with that are not counted.")
    var warmup = 0.5
    @Flag(help: "Print the figures as JSON, times in seconds.")
    var json = false
    @OptionGroup var options: ClientOptions

    func validate() throws {
        guard (1...10_000).contains(connections) else {
            throw ValidationError("--connections must be from 1 to 10000.")
        }
        guard seconds > 0, warmup >= 0 else { throw ValidationError("--seconds must be above 0, --warmup not below.") }
    }

    func run() async throws {
        let source = try body.map { try BodySource($0) }
        let verb = HTTPMethod(rawValue: method ?? (source == nil ? "GET" : "POST"))
        // Said now if the server is not there, or says no.
        do {
            _ = try options.ask(verb, path, type: source?.type, body: source?.bytes)
        } catch let refusal as Refusal {
            throw refusal.exit()
        }
        let load = Load(
            verb, path, source?.type, source?.bytes, warmup: warmup, seconds: seconds)
        let result = try await load.run(connections: connections, client: { try options.client() })
        print(json ? "\(result.json)" : result.text, terminator: json ? "\n" : "")
        if result.errors > 0 { throw ExitCode(2) }
    }
}
