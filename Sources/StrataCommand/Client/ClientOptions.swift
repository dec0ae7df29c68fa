import ArgumentParser
import Formats
import Glibc
import HTTP
import HTTPClient
import Strata

/// Which server is asked, and who asks.
struct ClientOptions: ParsableArguments {
    @Option(
        help: "http://host:port, https://host:port or unix:/path. (default: STRATA_URL, else http://127.0.0.1:8080)")
    var url: String?
    @Option(help: "An API key. (default: STRATA_KEY, where fewer people see it)")
    var key: String?
    @Option(help: "Authorities in a PEM file that the server's certificate is checked by, instead of the system's.")
    var ca: String?
    @Option(help: "A client certificate chain in a PEM file.")
    var cert: String?
    @Option(help: "The key of the client certificate. (default: the same file)")
    var certKey: String?
    @Option(help: "Seconds to wait for the server.")
    var timeout = 60.0

    func client() throws -> HTTPClient {
        var tls = ClientTLS()
        (tls.authoritiesFile, tls.chainFile, tls.keyFile) = (ca, cert, certKey)
        let address = try ServerAddress(url ?? environment("STRATA_URL") ?? "http://127.0.0.1:8080")
        let client = HTTPClient(address, timeoutSeconds: timeout, tls: tls)
        if let key = key ?? environment("STRATA_KEY") { client.headers["authorization"] = "Bearer \(key)" }
        return client
    }

    /// Asks, and returns what came; ends the command when the server says no.
    func ask(
        _ method: HTTPMethod, _ path: String, type: String? = nil, headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8]? = nil
    ) throws -> ClientAnswer {
        let answer = try client().send(method, path, type: type, headers: headers, body: body)
        guard answer.status >= 400 else { return answer }
        throw Refusal(answer)
    }

    /// Asks with JSON, for JSON.
    func askJSON(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) throws -> JSONValue {
        let answer = try ask(method, path, type: body == nil ? nil : "application/json", body: body?.bytes)
        return answer.body.isEmpty ? .null : try JSONValue(parsing: answer.body)
    }
}

/// The value of a variable of the environment.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// What a server says when it says no.
struct Refusal: Error, CustomStringConvertible {
    let status: Int
    let description: String

    init(_ answer: ClientAnswer) {
        status = answer.status
        let detail = (try? JSONValue(parsing: answer.body))?["detail"]?.string
        description = "the server refused (\(answer.status)): \(detail ?? answer.text)"
    }

    /// Says it on standard error, and ends with 2 for the caller's mistakes, with 3 for the server's.
    func exit() -> ExitCode {
        writeError("Error: \(description)\n")
        return ExitCode(status >= 500 ? 3 : 2)
    }
}

/// Runs a command's work; what the server refused becomes the exit status.
func reporting(_ work: () throws -> Void) throws {
    do { try work() } catch let refusal as Refusal { throw refusal.exit() }
}

func writeError(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// One segment of a path, or several, percent-encoded where it must be.
func pathText(_ text: String) -> String {
    text.utf8.map { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: return String(Unicode.Scalar(byte))
        default:
            if "-._~/:".utf8.contains(byte) { return String(Unicode.Scalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.utf8.count < 2 ? "0" : "") + digits
        }
    }.joined()
}

/// Columns under each other.
func table(_ rows: [[String]]) -> String {
    let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
        rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
        var line = ""
        for (column, text) in row.enumerated() {
            line += text
            if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - text.count + 2) }
        }
        return line + "\n"
    }.joined()
}

/// A body of a request: a file in one of the wire's forms, `-` for standard input, or the text itself.
struct BodySource {
    let bytes: [UInt8]
    let type: String

    init(_ argument: String) throws {
        if argument == "-" {
            (bytes, type) = (try BodySource.all(of: STDIN_FILENO, "standard input"), "application/json")
        } else if argument.hasPrefix("{") || argument.hasPrefix("[") {
            (bytes, type) = (Array(argument.utf8), "application/json")
        } else {
            let descriptor = open(argument, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SettingsError("\(argument): \(String(cString: strerror(errno)))") }
            defer { close(descriptor) }
            bytes = try BodySource.all(of: descriptor, argument)
            type = BodySource.types.first { argument.hasSuffix($0.0) }?.1 ?? "application/json"
        }
    }

    private static let types = [
        (".npy", "application/x-npy"), (".npz", "application/x-npz"), (".safetensors", "application/vnd.safetensors"),
    ]

    private static func all(of descriptor: Int32, _ name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw SettingsError("\(name): \(String(cString: strerror(errno)))") }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}
