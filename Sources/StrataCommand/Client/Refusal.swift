import ArgumentParser
import Formats
import HTTPClient

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
