import Access
import ArgumentParser
import HTTP

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Makes an API key, and what a file of keys says of it.",
        discussion: """
            The key is printed once, on standard error; its entry for the file that --keys-file names, on standard output:

              strata key grafana --scopes read >> keys.yaml    # a new file begins with the line 'keys:'
              kill -HUP <pid of the server>
            """)

    @Argument(help: "What the logs call the caller.")
    var name: String
    @Option(help: "What it may do: read, call, train and admin, with commas between them.")
    var scopes: String
    @Option(help: "Requests a second that it may make. (default: what --rate-limit says)")
    var rate: Double?

    func validate() throws {
        let known = RouteScope.allCases.filter { $0 != .nothing }.map(\.rawValue)
        for scope in words where !known.contains(scope) {
            throw ValidationError("'\(scope)' is none of \(known.joined(separator: ", ")).")
        }
        guard !words.isEmpty else { throw ValidationError("--scopes names none.") }
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }), !name.isEmpty
        else {
            throw ValidationError("The name may hold letters, digits, '_', '.' and '-'.")
        }
    }

    private var words: [String] { scopes.split(separator: ",").map(String.init) }

    func run() throws {
        let key = KeyDigest.makeKey()
        writeError("\(key)\n")
        print("  - name: \(name)\n    hash: \(KeyDigest(of: key))\n    scopes: [\(words.joined(separator: ", "))]")
        if let rate { print("    rate: \(rate)") }
    }
}
