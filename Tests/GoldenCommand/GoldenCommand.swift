import Glibc
import GoldenSupport

/// Runs all golden files and prints a line for each; the exit status says whether all passed.
@main
struct GoldenCommand {
    static func main() throws {
        var isClean = true
        for file in try GoldenSuite.files() {
            let report = GoldenSuite.run(file)
            print(report.line)
            for failure in report.failures { print("  \(failure)") }
            isClean = isClean && report.failures.isEmpty
        }
        exit(isClean ? 0 : 1)
    }
}
